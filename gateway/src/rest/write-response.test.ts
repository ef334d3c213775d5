import { create, toBinary } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "vitest";
import { openKinds } from "../../fixtures/kinds.ts";
import { responseWriter } from "./write-response.ts";

const { registry, routeOf } = await openKinds();

describe("a response", () => {
  const encode = (bytes: Uint8Array) => () => bytes;

  it("has the fields without presence, whatever their value", () => {
    const route = routeOf();
    const write = responseWriter(
      { ...route, method: { ...route.method, output: { ...route.method.output, encode: encode(new Uint8Array()) } } },
      registry,
    );
    const json = write({});
    expect(json).toMatchObject({
      yes: false,
      large: "0",
      text: "",
      raw: "",
      colour: "COLOUR_UNSPECIFIED",
      many: [],
      counts: {},
    });
    expect(json).not.toHaveProperty("inner");
    expect(json).not.toHaveProperty("given");
  });

  it("has the bytes of an Any whose message of proto2 lacks a required field", () => {
    const url = "type.googleapis.com/old.v1.Old";
    const written = (value: Uint8Array) => {
      const bytes = toBinary(AnySchema, create(AnySchema, { typeUrl: url, value }));
      const output = { typeName: AnySchema.typeName, encode: encode(bytes) };
      const route = routeOf();
      return responseWriter(
        { ...route, method: { ...route.method, output: { ...route.method.output, ...output } } },
        registry,
      )({});
    };
    expect(written(new Uint8Array([16, 1]))).toEqual({ "@type": url, "@value": "EAE=" });
    expect(written(new Uint8Array([10, 1, 97, 16, 1]))).toMatchObject({ "@type": url, name: "a", count: 1 });
  });

  it("is the route's response field; null if it is absent", () => {
    const answer = (responseBody: string, bytes: number[]) => {
      const route = routeOf({ responseBody });
      const output = { ...route.method.output, encode: encode(new Uint8Array(bytes)) };
      return responseWriter({ ...route, method: { ...route.method, output } }, registry)({});
    };
    expect(answer("small", [0x10, 5])).toBe(5);
    expect(answer("many", [])).toEqual([]);
    expect(answer("snake_case_name", [])).toBe("");
    expect(answer("at", [])).toBeNull();
  });
});
