import { create, createFileRegistry } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { beforeAll, describe, expect, test } from "vitest";
import { type Contracts, compileContracts } from "../../testing/contracts.ts";
import { head, shop, swapped } from "../../testing/routes.ts";
import { routesOf } from "./http.ts";
import { MeshOptions } from "./options.ts";

const wellKnown = ["StringValue", "BytesValue", "Int64Value", "Timestamp", "Duration", "FieldMask", "Any"].concat([
  "Struct",
  "Value",
  "ListValue",
  "Empty",
]);

const taken = [
  shop([
    'post: "/v1/{part.id}/a" body: "part" response_body: "id"',
    'get: "/v1/{id=a/*}:try" additional_bindings: {custom: {kind: "HEAD" path: "/v1/{id=a/**}"}}',
    'get: "/v1/a"',
    'post: "/v1/a" body: "*"',
    'custom: {kind: "*" path: "/v1/a"}',
    'get: "/v1/w/{note.value}/{part.note.value}/{large.value}"',
    'get: "/v1/t/{at}/{wait}/{mask}/{note}"',
    'put: "/v1/{part.note.value}" body: "part"',
  ]),
  ...wellKnown.map((type) => {
    const bodiless = ["Any", "Struct", "Value", "Empty"].includes(type)
      ? ['get: "/v1/get"', 'delete: "/v1/delete"']
      : [];
    const rules = ['post: "/v1/post" body: "*"', ...bodiless];
    return shop(rules)
      .replaceAll("(Ask)", `(google.protobuf.${type})`)
      .replaceAll("(Part)", `(google.protobuf.${type})`);
  }),
  ...wellKnown.map((type) => {
    const rules = ['get: "/v1/get" response_body: "value"', 'post: "/v1/post" body: "value"'];
    const wrapper = `message Wrap { google.protobuf.${type} value = 1; repeated google.protobuf.${type} values = 2; }`;
    return `${shop(rules).replaceAll("(Ask)", "(Wrap)").replaceAll("(Part)", "(Wrap)")}${wrapper}`;
  }),
  // No JSON has the names of a message that no route reaches.
  swapped.replace(/ *option \(google.api.http\).*/, ""),
  // A contract that was not written for this mesh.
  `${head.replace('import "mesh/v1/options.proto";\n', "")}service Shop {
  rpc Buy(Ask) returns (Part) { option (google.api.http) = {get: "/v1/{no}"}; }
}`,
];

let contracts: Contracts;

beforeAll(async () => {
  contracts = await compileContracts(taken);
});

describe("a route", () => {
  test("is read with its variables, its bodies and its other bindings", () => {
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: contracts.request.protoFile }));
    const service = registry.getService(`${contracts.packageOf(0)}.v1.Shop`);
    const options = new MeshOptions(registry);
    const [first, second, , fourth] = service?.methods.map((method) => routesOf(method, options)) ?? [];
    expect(first).toMatchObject([{ httpMethod: "POST", path: "/v1/{part.id}/a" }]);
    expect(first?.[0]?.variables[0]?.map(({ name }) => name)).toEqual(["part", "id"]);
    expect([first?.[0]?.body, first?.[0]?.responseBody]).toMatchObject([{ name: "part" }, { name: "id" }]);
    expect(second?.map(({ httpMethod, path }) => `${httpMethod} ${path}`)).toEqual([
      "GET /v1/{id=a/*}:try",
      "HEAD /v1/{id=a/**}",
    ]);
    expect(fourth?.[0]?.body).toBe("*");
  });

  test("is part of the service's definition, in the form that the gateway needs", () => {
    const services = contracts.generate(0).file.find(({ name }) => name.endsWith(".services.js"));
    const variable = { field: "id", start: 1, end: 3 };
    const route = { method: "GET", path: "/v1/{id=a/*}:try", segments: ["v1", "a", "*"], verb: "try" };
    const rest = { variables: [variable], body: "", responseBody: "", idempotencyKey: "request_id" };
    expect(services?.content).toContain(JSON.stringify({ ...route, ...rest }));
  });

  test("fills wrappers and texts of well-known types as a whole", () => {
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: contracts.request.protoFile }));
    const service = registry.getService(`${contracts.packageOf(0)}.v1.Shop`);
    const routes = service?.methods.flatMap((method) => routesOf(method, new MeshOptions(registry))) ?? [];
    const names = routes.map(({ variables }) => variables.map((fields) => fields.map(({ name }) => name).join(".")));
    expect(names.slice(-3)).toEqual([["note", "part.note", "large"], ["at", "wait", "mask", "note"], ["part.note"]]);
    const services = contracts.generate(0).file.find(({ name }) => name.endsWith(".services.js"));
    expect(services?.content).toContain('"variables":[{"field":"note","start":2,"end":3},{"field":"part.note"');
  });

  test.each(
    wellKnown.flatMap(
      (type, index) =>
        [
          [type, index],
          [type, index + wellKnown.length],
        ] as const,
    ),
  )("of a request and a response that is a %s, or contains one, can be generated", (_, index) => {
    expect(contracts.problemsOf(1 + index)).toBe("");
    expect(contracts.generate(1 + index).file.length).toBeGreaterThan(0);
  });

  test("that does not reach equal JSON names can be generated", () => {
    expect(contracts.problemsOf(taken.length - 2)).toBe("");
  });

  test("in a contract that was not written for this mesh has no effect", () => {
    const index = taken.length - 1;
    expect(contracts.problemsOf(index)).toBe("");
    const services = contracts.generate(index).file.find(({ name }) => name.endsWith(".services.js"));
    expect(services?.content).toContain("http: []");
  });
});
