import { createFileRegistry, fromBinary, fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { CatalogService } from "@mesh/contracts/testing/catalog/v1";
import { descriptorSet } from "@mesh/contracts/testing/descriptors";
import { InventoryService } from "@mesh/contracts/testing/inventory/v1";
import openapi from "@mesh/contracts/testing/openapi.json" with { type: "json" };
import { OrderService } from "@mesh/contracts/testing/orders/v1";
import { PaymentService } from "@mesh/contracts/testing/payments/v1";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import type { HttpRoute, MethodDefinition, ServiceDefinition } from "./service.ts";

interface Media {
  /** Absent: the bytes of a file. */
  readonly schema?: unknown;
  readonly example?: JsonValue;
  readonly examples?: Readonly<Record<string, { readonly value: JsonValue }>>;
}
interface Parameter extends Media {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

// What the generator writes; its test reads it as closely.
const paths = openapi.paths as Readonly<Record<string, Readonly<Record<string, Operation>>>>;
const operations = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    id: operation.operationId,
    at: ["paths", path, method],
    operation,
  })),
);
const services: readonly ServiceDefinition[] = [CatalogService, InventoryService, OrderService, PaymentService];
const routes = services.flatMap(({ typeName, methods }) =>
  Object.values<MethodDefinition>(methods).flatMap((method) => method.http.map((http) => ({ typeName, method, http }))),
);
const feeds = services.flatMap(({ typeName, feeds = {} }) => Object.keys(feeds).map((name) => ({ typeName, name })));

const ajv = new Ajv2020({ strict: false });
// Its types and what it is agree on this export alone.
addFormats.default(ajv);
ajv.addSchema(openapi, "openapi");
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet)));

/** Returns the errors of a value by the schema at a place of the document. */
function faults(at: readonly string[], value: unknown): unknown {
  const pointer = at.map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
  const validate = ajv.compile({ $ref: `openapi#/${pointer}` });
  return validate(value) ? undefined : { at, value, errors: validate.errors };
}

function mediaFaults(at: readonly string[], type: string, media: Media): unknown[] {
  const { example, examples = {} } = media;
  const lines = type.endsWith("ndjson")
    ? String(example ?? "")
        .split("\n")
        .filter(Boolean)
    : undefined;
  if (lines) return lines.map((line) => faults([...at, "schema", "contentSchema"], JSON.parse(line)));
  const values = [...(example === undefined ? [] : [example]), ...Object.values(examples).map(({ value }) => value)];
  return values.map((value) => faults([...at, "schema"], value));
}

describe("the OpenAPI document of the contracts", () => {
  test("is valid", async () => {
    expect(await new Validator().validate(structuredClone(openapi))).toMatchObject({ valid: true });
  });

  test("has an operation for each route and each feed", () => {
    const named = [...routes.map(({ typeName, method }) => ({ typeName, name: method.name })), ...feeds];
    expect(operations.map(({ operation }) => operation.operationId).sort()).toEqual(
      named.map(({ typeName, name }) => `${typeName.split(".").at(-1)}_${name}`).sort(),
    );
  });

  test.each(operations)("$id: examples match their schemas, and none is missing", ({ at, operation }) => {
    const { parameters = [], requestBody, responses } = operation;
    const ofParameters = parameters.map(({ example }, index) =>
      example === undefined ? undefined : faults([...at, "parameters", String(index), "schema"], example),
    );
    const contents = [
      ...Object.entries(requestBody?.content ?? {}).map((one) => [["requestBody"], ...one] as const),
      ...Object.entries(responses).flatMap(([status, { content = {} }]) =>
        Object.entries(content).map((one) => [["responses", status], ...one] as const),
      ),
    ];
    // Bytes have a media type alone.
    const messages = contents.filter(([, , { schema }]) => schema !== undefined);
    const ofContents = messages.flatMap(([where, type, media]) =>
      mediaFaults([...at, ...where, "content", type], type, media),
    );
    expect([...ofParameters, ...ofContents].filter(Boolean)).toEqual([]);
    const shown = messages.filter(([[kind, status]]) => kind === "requestBody" || status === "200");
    expect(shown.filter(([, , media]) => media.example === undefined)).toEqual([]);
    expect(parameters.filter(({ required, example }) => required && example === undefined)).toEqual([]);
  });

  test("files are bodies of their media types", () => {
    const [put, get] = ["UploadProductImage", "GetProductImage"].map(
      (name) => operations.find(({ operation }) => operation.operationId === `CatalogService_${name}`)?.operation,
    );
    expect(Object.keys(put?.requestBody?.content ?? {})).toContain("image/png");
    expect(Object.keys(put?.responses ?? {})).toEqual(expect.arrayContaining(["200", "408", "413", "415"]));
    expect(Object.keys(get?.responses ?? {})).toEqual(expect.arrayContaining(["200", "206", "304", "416"]));
    expect(get?.parameters?.map(({ name }) => name)).toEqual(["productId", "id", "Range", "If-Range", "If-None-Match"]);
  });

  test.each(routes.filter(({ method }) => !method.gateway?.upload))(
    "$http.method $http.path: the request shown is one by the contract",
    ({ typeName, method, http }) => {
      const id = `${typeName.split(".").at(-1)}_${method.name}`;
      const shown = operations.find(({ operation }) => operation.operationId === id)?.operation;
      const desc = registry.getMessage(method.input.typeName);
      if (!shown || !desc) throw new Error(`${id} is not there`);
      const message = fromJson(desc, requestOf(shown, http));
      const decoded = method.input.decode(toBinary(desc, message));
      expect(method.input.schema.safeParse(decoded).error).toBeUndefined();
    },
  );
});

/** The parts of a request that is shown, put together. */
function requestOf({ parameters = [], requestBody }: Operation, { idempotencyKey }: HttpRoute): JsonValue {
  const body = Object.entries(requestBody?.content["application/json"]?.example ?? {});
  const named = parameters.flatMap(({ name, in: where, example }): [string, JsonValue][] =>
    // A key may belong to no field.
    example === undefined || (where === "header" && !idempotencyKey)
      ? []
      : [[where === "header" ? idempotencyKey : name, example]],
  );
  return Object.fromEntries([...body, ...named]);
}
