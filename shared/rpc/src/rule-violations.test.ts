import { join } from "node:path";
import { createFileRegistry, fromBinary, toBinary, toJson } from "@bufbuild/protobuf";
import { base64Decode, base64Encode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createValidator, violationsToProto } from "@bufbuild/protovalidate";
import { ViolationsSchema } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { generateFiles, writeGenerated } from "@mesh/codegen/testing";
import { type FieldViolation, type ServiceDefinition, violations } from "@mesh/contracts";
import { StatusMessage } from "@mesh/contracts/protocols/google/rpc/error.messages";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { z } from "zod";
import { capturedLog } from "../fixtures/captured-log.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { silent } from "../fixtures/servers.ts";
import { connect, implement, serve, validateRequest } from "./index.ts";

const contract = `
syntax = "proto3";
package rules.v1;
import "buf/validate/validate.proto";
import "google/protobuf/wrappers.proto";
enum Color { COLOR_UNSPECIFIED = 0; COLOR_RED = 1; }
message Part { string id = 1 [(buf.validate.field).string.uuid = true]; }
message Ask {
  option (buf.validate.message).cel = { id: "ask.order" expression: "this.low <= this.high" message: "low is above high" };
  string id = 1 [(buf.validate.field).string.min_len = 2];
  repeated string ids = 2 [(buf.validate.field).repeated = { max_items: 2 items: { string: { min_len: 2 } } }];
  repeated Part parts = 3;
  map<string, string> texts = 4 [(buf.validate.field).map = { keys: { string: { min_len: 2 } } values: { string: { min_len: 2 } } }];
  map<int32, Part> by_number = 5 [(buf.validate.field).map.keys.int32.gt = -7];
  map<uint64, Color> by_big = 6 [(buf.validate.field).map.values.enum.defined_only = true];
  map<bool, string> by_flag = 7 [(buf.validate.field).map.values.string.min_len = 2];
  map<sint64, int32> by_signed = 8 [(buf.validate.field).map.values.int32.gte = 0];
  Color color = 9 [(buf.validate.field).enum.defined_only = true];
  google.protobuf.Int32Value wrapped = 10 [(buf.validate.field).int32.lte = 5];
  Part must = 11 [(buf.validate.field).required = true];
  oneof choice { option (buf.validate.oneof).required = true; string left = 12 [(buf.validate.field).string.email = true]; Part right = 13; }
  int32 low = 14;
  int32 high = 15 [(buf.validate.field).int32 = { gte: 0 lt: 100 }];
  string odd = 16 [(buf.validate.field).cel = { id: "odd.a" expression: "this != 'a'" message: "must not be a" }];
}
service RuleService { rpc Check(Ask) returns (Ask); }
`;

interface RuleTypes {
  readonly context: unknown;
  readonly handlers: { check(request: object, context: unknown): Promise<object> };
  readonly client: { check(request: object): Promise<object> };
  readonly procedures: Record<never, never>;
}

interface Generated {
  readonly RuleService: ServiceDefinition<RuleTypes>;
  readonly AskSchema: z.ZodType;
}

let generated: Generated;
let descriptorSet: string;
let dispose: () => Promise<void>;

beforeAll(async () => {
  const written = await writeGenerated(await generateFiles({ "rules/v1/rules.proto": contract }));
  dispose = written.dispose;
  generated = await import(join(written.folder, "rules/v1/index.js"));
  ({ descriptorSet } = await import(join(written.folder, "descriptors.js")));
});
afterAll(() => dispose());

/** Serves the contract; its callers do not check what they send. */
async function start(descriptors: string | undefined, log = silent) {
  const service = implement(generated.RuleService, { check: async (request) => request });
  const given = descriptors === undefined ? {} : { descriptorSet: descriptors };
  const server = await serve({ services: [service], log, drainMs: 50, ...given });
  onTestFinished(() => server.close());
  const upstream = connect(generated.RuleService, {
    address: server.address,
    middleware: (defaults) => defaults.filter((step) => step !== validateRequest),
  });
  onTestFinished(() => upstream.close());
  return { address: server.address, client: upstream.client };
}

const right = {
  id: "ab",
  ids: [],
  parts: [],
  texts: {},
  byNumber: {},
  byBig: new Map(),
  byFlag: new Map(),
  bySigned: new Map(),
  color: 0,
  must: { id: "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70" },
  choice: { $case: "left", value: "a@b.example" },
  low: 0,
  high: 0,
  odd: "",
};
const wrong: [string, object][] = [
  ["a field", { id: "a" }],
  ["items", { ids: ["a", "ab", "b"] }],
  ["a field of an item", { parts: [right.must, { id: "x" }] }],
  ["keys and values", { texts: { a: "b", 'q"\\\r\n[]': "b", "": "bc" } }],
  ["keys that are negative", { byNumber: { [-8]: right.must, [-5]: { id: "x" }, 7: { id: "x" } } }],
  ["keys beyond 53 bits", { byBig: new Map([[2n ** 64n - 1n, 9]]), bySigned: new Map([[-(2n ** 63n), -1]]) }],
  ["keys that are booleans", { byFlag: new Map([[true, "a"], [false, "b"]]) }], // biome-ignore format: one line
  ["an enum and a wrapper", { color: 7, wrapped: 6 }],
  ["a missing message", { must: undefined }],
  ["a missing choice", { choice: undefined }],
  ["a choice", { choice: { $case: "left", value: "no" } }],
  ["a message of a choice", { choice: { $case: "right", value: { id: "no" } } }],
  ["expressions", { low: 2, high: 1, odd: "a" }],
  ["a range", { low: -2, high: -1 }],
];

/** Calls with bytes, as a client of another make, and returns the details by their types. */
async function detailsOf(address: string, bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const { error } = await rawClient(address).unary("/rules.v1.RuleService/Check", bytes);
  const [trailer] = error?.metadata.get("grpc-status-details-bin") ?? [];
  const { details } = StatusMessage.decode(trailer as Buffer);
  return new Map(details.map(({ typeUrl, value }) => [typeUrl, value]));
}

function encoded(message: object): Uint8Array {
  return generated.RuleService.methods.check?.input.encode(message) ?? new Uint8Array();
}

/** Violations in the form of JSON, in an order that does not depend on who found them, without their texts. */
function comparable(bytes: Uint8Array) {
  const { violations: list = [] } = toJson(ViolationsSchema, fromBinary(ViolationsSchema, bytes)) as {
    violations?: Record<string, unknown>[];
  };
  return list.map(({ message: _, ...rest }) => JSON.stringify(rest)).sort();
}

test.each(wrong)("of %s, a foreign client gets the violations of protovalidate", async (_, change) => {
  const { address } = await start(descriptorSet);
  const bytes = encoded({ ...right, ...change });
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet)));
  const desc = registry.getMessage("rules.v1.Ask");
  if (!desc) throw new Error("no Ask");
  const result = createValidator({ registry }).validate(desc, fromBinary(desc, bytes));
  const [theirs] = violationsToProto(result.violations ?? []);
  const details = await detailsOf(address, bytes);
  const ours = details.get("type.googleapis.com/buf.validate.Violations") ?? new Uint8Array();
  expect(comparable(ours)).toEqual(comparable(toBinary(ViolationsSchema, theirs)));
  expect(comparable(ours).length).toBeGreaterThan(0);
  expect([...details.keys()]).toContain("type.googleapis.com/google.rpc.BadRequest");
});

test.each([
  ["with", () => descriptorSet],
  ["without", () => undefined],
  ["with unreadable", () => base64Encode(Uint8Array.of(0x0a, 100))],
])("our client gets all violations as the schema reports them, %s descriptors", async (_, descriptors) => {
  const { client } = await start(descriptors());
  for (const [, change] of wrong) {
    const { error } = generated.AskSchema.safeParse({ ...right, ...change });
    const expected: FieldViolation[] = error ? violations(error) : [];
    expect(expected.length).toBeGreaterThan(0);
    await expect(client.check({ ...right, ...change })).rejects.toMatchObject({ violations: expected });
  }
});

test("descriptors that can't be read are read and reported once", async () => {
  const { log, lines } = capturedLog();
  const { client } = await start("AAAA", log);
  for (let call = 0; call < 2; call++) {
    await expect(client.check({ ...right, id: "a" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  }
  expect(lines.filter(({ level }) => level === 40)).toHaveLength(1);
});
