import { join } from "node:path";
import { generateFiles, writeGenerated } from "@mesh/codegen/testing";
import { MeshError, type ServiceDefinition } from "@mesh/contracts";
import { transformer } from "@mesh/contracts/transformer";
import { connect, implement, serve } from "@mesh/rpc";
import { createLifecycle } from "@mesh/runtime";
import { recordedLog } from "@mesh/testing/service";
import { createTRPCUntypedClient, httpLink, TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../fixtures/browser.ts";
import { silent } from "../fixtures/mesh.ts";
import { parsed } from "../fixtures/rest-client.ts";
import { openGateway } from "./gateway.ts";
import { gatewaySettings } from "./settings.ts";

// A method whose request and response are a well-known type checks them like a field of the type.

const known = "type.googleapis.com/google.protobuf.Duration";
const half = JSON.parse('"\\ud800"');
const bytes = new Uint8Array([8, 1]);

/** The type of a method's request and response, a value of it, and its JSON. */
const accepted: readonly (readonly [type: string, value: object, json: unknown])[] = [
  ["Timestamp", { seconds: 1n, nanos: 1 }, "1970-01-01T00:00:01.000000001Z"],
  ["Duration", { seconds: -1n, nanos: -500_000_000 }, "-1.500s"],
  ["FieldMask", { paths: ["unit_price", "name"] }, "unitPrice,name"],
  ["Any", { typeUrl: known, value: bytes }, { "@type": known, value: "1s" }],
  ["Any", { typeUrl: "a/no.Such", value: bytes }, { "@type": "a/no.Such", "@value": "CAE=" }],
  ["Struct", { fields: { a: [1, null, { b: "c" }] } }, { a: [1, null, { b: "c" }] }],
  ["Value", { kind: { $case: "numberValue", value: 0.5 } }, 0.5],
  ["Value", { kind: { $case: "nullValue", value: 0 } }, null],
  ["Value", { kind: { $case: "structValue", value: { a: true } } }, { a: true }],
  ["ListValue", { values: [1, null, "a"] }, [1, null, "a"]],
  ["StringValue", { value: "👍" }, "👍"],
  ["Int64Value", { value: 2n ** 60n }, String(2n ** 60n)],
  ["DoubleValue", { value: Number.NaN }, "NaN"],
  ["BoolValue", { value: true }, true],
  ["BytesValue", { value: bytes }, "CAE="],
  ["Empty", {}, {}],
];

/** The type, a value of it, its JSON if it has one, the field that is wrong, and the field in JSON. */
const rejected: readonly (readonly [type: string, value: object, json: unknown, field: string, jsonField: string])[] = [
  ["Timestamp", { seconds: 253_402_300_800n, nanos: 0 }, "10000-01-01T00:00:00Z", "", ""],
  ["Duration", { seconds: 1n, nanos: -1 }, "400000000000s", "", ""],
  ["FieldMask", { paths: ["name", "unitPrice"] }, "unit_price", "paths[1]", ""],
  ["Any", { typeUrl: "x", value: new Uint8Array() }, { "@type": "x" }, "", ""],
  ["Any", { typeUrl: known, value: new Uint8Array([255]) }, { "@type": known, "@value": "/w==" }, "", ""],
  ["Struct", { fields: { a: Number.NaN } }, undefined, 'fields["a"]', ""],
  ["Struct", { fields: { a: half } }, { a: half }, 'fields["a"]', '["a"]'],
  ["Value", { kind: { $case: "numberValue", value: Number.POSITIVE_INFINITY } }, undefined, "", ""],
  ["Value", { kind: { $case: "listValue", value: [half] } }, [half], "list_value[0]", "[0]"],
  ["Value", { kind: undefined }, undefined, "", ""],
  ["ListValue", { values: [1, undefined] }, undefined, "values[1]", ""],
  ["StringValue", { value: half }, half, "value", ""],
];

const types = [...new Set(accepted.map(([type]) => type))];
const files = ["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"];
const contract = `syntax = "proto3";
package roots.v1;
import "google/api/annotations.proto";
import "mesh/v1/options.proto";
${files.map((file) => `import "google/protobuf/${file}.proto";`).join("\n")}
service RootService {
${types
  .map(
    (type) => `  rpc ${type}(google.protobuf.${type}) returns (google.protobuf.${type}) {
    option (google.api.http) = { post: "/v1/${type}" body: "*" };
    option (mesh.v1.method) = { gateway: {public: true} };
  }`,
  )
  .join("\n")}
}`;

type Calls = Readonly<Record<string, (request: object) => Promise<unknown>>>;

interface RootTypes {
  readonly context: unknown;
  readonly handlers: Calls;
  readonly client: Calls;
  readonly procedures: object;
}

/** Opens a service whose methods return their requests, or what is set, and a gateway in front of it. */
async function openRoots() {
  const { folder, dispose } = await writeGenerated(await generateFiles({ "roots/v1/roots.proto": contract }));
  const { RootService }: { RootService: ServiceDefinition<RootTypes> } = await import(
    join(folder, "roots/v1/index.js")
  );
  const { descriptorSet }: { descriptorSet: string } = await import(join(folder, "descriptors.js"));
  const { log, logged } = recordedLog();
  const returned: { value?: object | undefined } = {};
  const names = Object.keys(RootService.methods);
  const echo = async (request: object) => returned.value ?? request;
  const implementation = implement(RootService, Object.fromEntries(names.map((name) => [name, echo])));
  const server = await serve({ services: [implementation], log });
  const upstream = connect(RootService, { address: server.address });
  const life = createLifecycle({ log: silent });
  const settings = gatewaySettings({ PORT: "0", MESH_PEERS: `roots=${server.address}` }, { roots: RootService });
  const { port } = await openGateway(settings, { services: { roots: RootService }, descriptorSet, life, log: silent });
  const url = `http://127.0.0.1:${port}`;
  const browser = openBrowser("");
  const fetch = (address: string | URL, init: unknown) => browser.fetch(address, init as RequestInit);
  const trpc = createTRPCUntypedClient({ links: [httpLink({ url: `${url}/trpc`, transformer, fetch })] });

  async function callRest(type: string, json: unknown) {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(json) };
    const response = await browser.fetch(`${url}/v1/${type}`, init);
    return { status: response.status, json: parsed(await response.text()) };
  }

  return {
    callGrpc: async (type: string, value: object) => upstream.client[nameOf(type)]?.(value),
    callTrpc: (type: string, value: object) => trpc.mutation(`roots.${nameOf(type)}`, value),
    callRest,
    returned,
    logged,
    async close() {
      await life.close();
      await upstream.close();
      await server.close();
      await dispose();
    },
  };
}

let roots: Awaited<ReturnType<typeof openRoots>>;
beforeAll(async () => {
  roots = await openRoots();
});
afterAll(() => roots?.close());

function nameOf(type: string): string {
  return type.replace(/^./, (letter) => letter.toLowerCase());
}

/** Returns the code of an error, and the fields that it names. */
function factsOf(error: unknown): unknown {
  const problem = error instanceof TRPCClientError ? error.data : error;
  if (!(error instanceof MeshError) && !(error instanceof TRPCClientError)) throw error;
  return [problem.code, problem.violations.map(({ field }: { field: string }) => field)];
}

describe.each(accepted)("%s %o is returned", (type, value, json) => {
  test("by gRPC, tRPC and REST", async () => {
    expect(await roots.callGrpc(type, value)).toEqual(value);
    expect(await roots.callTrpc(type, value)).toEqual(value);
    expect(await roots.callRest(type, json)).toEqual({ status: 200, json });
  });
});

describe.each(rejected)("%s %o is rejected", (type, value, json, field, jsonField) => {
  test("by gRPC and tRPC", async () => {
    expect(await roots.callGrpc(type, value).catch(factsOf)).toEqual(["INVALID_ARGUMENT", [field]]);
    expect(await roots.callTrpc(type, value).catch(factsOf)).toEqual(["BAD_REQUEST", [field]]);
  });

  test.skipIf(json === undefined)("by REST", async () => {
    const { status, json: problem } = await roots.callRest(type, json);
    expect([status, problem.violations.map((each: { field: string }) => each.field)]).toEqual([400, [jsonField]]);
  });

  test("as a response", async () => {
    const { length } = roots.logged;
    roots.returned.value = value;
    const [, right] = accepted.find(([each]) => each === type) ?? [];
    const outcome = await roots.callGrpc(type, right ?? {}).catch(factsOf);
    roots.returned.value = undefined;
    expect(outcome).toEqual(["INTERNAL", []]);
    const errors = roots.logged.slice(length).filter(({ level }) => level === 50);
    const start = `the handler returned no valid google.protobuf.${type}: ${field}${field ? ": " : ""}must`;
    const err = expect.objectContaining({ message: expect.stringContaining(start) });
    expect(errors).toEqual([expect.objectContaining({ method: `roots.v1.RootService/${type}`, err })]);
  });
});
