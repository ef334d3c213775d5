import { create, createFileRegistry } from "@bufbuild/protobuf";
import { type CodeGeneratorRequest, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { beforeAll, describe, expect, test } from "vitest";
import { pluginRequest } from "../../testing/compile.ts";
import { meshPlugin } from "../plugin/plugin.ts";
import { routesOf } from "./http.ts";
import { MeshOptions } from "./options.ts";

const head = `syntax = "proto3";
package shop.v1;
import "google/api/annotations.proto";
import "google/protobuf/timestamp.proto";
import "mesh/v1/options.proto";
message Ask {
  string id = 1; Part part = 2; repeated string tags = 3; map<string, string> labels = 4;
  google.protobuf.Timestamp at = 5; Part other = 6; string request_id = 7;
}
message Part { string id = 1; repeated Part parts = 2; }
`;

/** A service with one method per rule. The first rule begins at 13:12. */
function shop(rules: readonly string[], options = "gateway: {}", level = "NO_SIDE_EFFECTS"): string {
  const methods = rules.map((rule, index) => {
    return `  rpc Buy${index}(Ask) returns (Part) {
    option (google.api.http) = {${rule}};
    option idempotency_level = ${level};
    option (mesh.v1.method) = {${options}};
  }`;
  });
  return `${head}service Shop {\n${methods.join("\n")}\n}\n`;
}

const refused: readonly (readonly [title: string, source: string, expected: string])[] = [
  ["a route without a path", shop(['body: "*"']), ":13:12:the route has no path: add get, post"],
  ["a path without a slash", shop(['get: "v1"']), ':13:33:the path "v1" must begin with a /: add one at the start'],
  ["an unknown field", shop(['get: "/v1/{no}"']), "{no} names no field of Ask: use one of id, part, tags"],
  ["an unknown field in a message", shop(['get: "/v1/{part.no}"']), "{part.no} names no field of Part: use one of id"],
  ["a field in a text", shop(['get: "/v1/{id.no}"']), "{id.no} looks for no in a field that is not a message"],
  ["a list in the path", shop(['get: "/v1/{tags}"']), "{tags} can't fill tags, which is repeated"],
  ["a map in the path", shop(['get: "/v1/{labels}"']), "{labels} can't fill labels, which is repeated"],
  ["a list on the way", shop(['get: "/v1/{part.parts.id}"']), "can't fill parts, which is repeated"],
  [
    "a message in the path",
    shop(['get: "/v1/{part}"']),
    "{part} can't fill a message: name a field of it, such as part.id",
  ],
  ["a timestamp in the path", shop(['get: "/v1/{at}"']), "{at} can't fill a message"],
  ["a field twice", shop(['get: "/v1/{id}/{id}"']), "GET /v1/{id}/{id} fills id twice"],
  ["a body of GET", shop(['get: "/v1" body: "*"']), "GET has no body: remove body, or use post"],
  ["a body of DELETE", shop(['delete: "/v1" body: "*"']), "DELETE has no body"],
  ["an unknown body", shop(['post: "/v1" body: "no"']), ':13:45:body "no" names no field of Ask'],
  ["a nested body", shop(['post: "/v1" body: "part.id"']), 'body must be a field of Ask itself, got "part.id"'],
  ["a body that the path fills", shop(['post: "/v1/{id}" body: "id"']), "the path already fills id"],
  ["an unknown response", shop(['get: "/v1" response_body: "no"']), ':13:44:response_body "no" names no field of Part'],
  ["a selector", shop(['get: "/v1" selector: "a"']), "selector is for service configurations"],
  ["OPTIONS", shop(['custom: {kind: "OPTIONS" path: "/v1"}']), 'a route can\'t be for the HTTP method "OPTIONS"'],
  ["a method in lower case", shop(['custom: {kind: "head" path: "/v1"}']), "a route can't be for the HTTP method"],
  ["a change by GET", shop(['get: "/v1"'], "gateway: {}", "IDEMPOTENT"), "Buy0 is not NO_SIDE_EFFECTS: use post"],
  ["the gateway's own path", shop(['get: "/trpc/{id}"']), "GET /trpc/{id} is a path of the gateway itself"],
  [
    "the same route twice",
    shop(['get: "/v1/{id}"', 'get: "/v1/{request_id}"']),
    ":18:33:GET /v1/{request_id} is already a route of shop.v1.Shop.Buy0",
  ],
  [
    "a binding that is wrong",
    shop(['get: "/v1" additional_bindings: {get: "/v2/{no}"}']),
    ":13:44:{no} names no field of Ask",
  ],
  [
    "bindings in bindings",
    shop(['get: "/v1" additional_bindings: {get: "/v2" additional_bindings: {get: "/v3"}}']),
    "additional_bindings in additional_bindings have no effect",
  ],
  ["a route that is not exposed", shop(['get: "/v1"'], "deadline_ms: 1"), "Buy0 has a route and is not exposed: add"],
];

const taken = [
  shop([
    'post: "/v1/{part.id}/a" body: "part" response_body: "id"',
    'get: "/v1/{id=a/*}:try" additional_bindings: {custom: {kind: "HEAD" path: "/v1/{id=a/**}"}}',
    'get: "/v1/a"',
    'post: "/v1/a" body: "*"',
    'custom: {kind: "*" path: "/v1/a"}',
  ]),
  // A contract that was not written for this mesh.
  `${head.replace('import "mesh/v1/options.proto";\n', "")}service Shop {
  rpc Buy(Ask) returns (Part) { option (google.api.http) = {get: "/v1/{no}"}; }
}`,
];

let request: CodeGeneratorRequest;

// Compiles all contracts together, each in its own package, because one run of buf takes as long for one as for thirty.
beforeAll(async () => {
  const sources = [...refused.map(([, source]) => source), ...taken];
  const files = sources.map((source, index) => [fileOf(index), source.replaceAll("shop.v1", `${packageOf(index)}.v1`)]);
  request = await pluginRequest(Object.fromEntries(files));
});

/** Returns a name as long as `shop`, so that columns stay the same. */
function packageOf(index: number): string {
  return `s${100 + index}`;
}

function fileOf(index: number): string {
  return `${packageOf(index)}/v1/shop.proto`;
}

function generate(index: number) {
  return meshPlugin.run({ ...request, fileToGenerate: [fileOf(index)] });
}

function problemsOf(index: number): string {
  try {
    generate(index);
    return "";
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.replaceAll(packageOf(index), "shop");
  }
}

describe("a route", () => {
  test.each(refused.map(([title, , expected], index) => [title, index, expected] as const))(
    "with %s is reported with file, line, problem and fix",
    (_, index, expected) => {
      expect(problemsOf(index)).toMatch(/^proto\/shop\/v1\/shop\.proto:\d+:\d+:/);
      expect(problemsOf(index)).toContain(expected);
      expect(problemsOf(index).split("\n")).toHaveLength(1);
    },
  );

  test("is read with its variables, its bodies and its other bindings", () => {
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: request.protoFile }));
    const service = registry.getService(`${packageOf(refused.length)}.v1.Shop`);
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
    const services = generate(refused.length).file.find(({ name }) => name.endsWith(".services.js"));
    const variable = { field: "id", start: 1, end: 3 };
    const route = { method: "GET", path: "/v1/{id=a/*}:try", segments: ["v1", "a", "*"], verb: "try" };
    const rest = { variables: [variable], body: "", responseBody: "", idempotencyKey: "request_id" };
    expect(services?.content).toContain(JSON.stringify({ ...route, ...rest }));
  });

  test("in a contract that was not written for this mesh has no effect", () => {
    expect(problemsOf(refused.length + 1)).toBe("");
    const services = generate(refused.length + 1).file.find(({ name }) => name.endsWith(".services.js"));
    expect(services?.content).toContain("http: []");
  });
});
