import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { generateFiles, writeGenerated } from "@mesh/codegen/testing";
import type { CallOptions, EventDefinition, ServiceDefinition } from "@mesh/contracts";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, silent } from "../fixtures/servers.ts";
import { connect, implement, serve } from "./index.ts";

// A service whose messages are proto2, from its contract to calls by clients of another make.
const contract = `
syntax = "proto2";
package old.v1;
import "buf/validate/validate.proto";
import "mesh/v1/options.proto";
enum Color { COLOR_RED = 1; COLOR_BLUE = 2; }
message Ask {
  required string id = 1 [(buf.validate.field).string.min_len = 2];
  optional int32 count = 2 [default = 3];
  repeated group Line = 3 { required int32 number = 1 [(buf.validate.field).int32.gt = 0]; optional Color color = 2; }
  extensions 100 to 200;
}
extend Ask { optional string note = 100; }
message Asked { option (mesh.v1.event) = {subject: "old.v1.asked" key: "id"}; required string id = 1; optional group Box = 2 {} }
service OldService {
  rpc Echo(Ask) returns (Ask);
  rpc Repeat(Ask) returns (stream Ask);
}
`;

interface Ask {
  readonly id: string;
  readonly count?: number;
  readonly line: readonly { readonly number: number; readonly color?: number }[];
  readonly "[old.v1.note]"?: string;
}

interface Handlers<C> {
  echo(request: Ask, context: C): Promise<Ask>;
  repeat(request: Ask, context: C): AsyncIterable<Ask>;
}

interface OldTypes {
  readonly context: unknown;
  readonly handlers: Handlers<this["context"]>;
  readonly client: {
    echo(request: Partial<Ask>, options?: CallOptions): Promise<Ask>;
    repeat(request: Partial<Ask>, options?: CallOptions): AsyncIterable<Ask>;
  };
  readonly procedures: Record<never, never>;
}

interface Generated {
  readonly OldService: ServiceDefinition<OldTypes>;
  readonly Asked: EventDefinition<unknown, unknown>;
}

const buf = join(dirname(createRequire(import.meta.url).resolve("@bufbuild/buf/package.json")), "bin", "buf");
let generated: Generated;
let descriptorSet: string;
let dispose: () => Promise<void>;

beforeAll(async () => {
  const written = await writeGenerated(await generateFiles({ "old/v1/old.proto": contract }));
  dispose = written.dispose;
  generated = await import(join(written.folder, "old/v1/index.js"));
  ({ descriptorSet } = await import(join(written.folder, "descriptors.js")));
});
afterAll(() => dispose());

async function start() {
  const { OldService } = generated;
  const service = implement(OldService, {
    echo: async (request) => request,
    async *repeat(request) {
      // What was left out is left out; the default is who reads it to apply.
      for (let index = 0; index < (request.count ?? 3); index++) yield request;
    },
  });
  const server = await serve({ services: [service], log: silent, drainMs: 50, descriptorSet });
  onTestFinished(() => server.close());
  const upstream = connect(OldService, { address: server.address });
  onTestFinished(() => upstream.close());
  return { address: server.address, client: upstream.client };
}

const ask = { id: "ab", line: [{ number: 1, color: 2 }, { number: 2 }], "[old.v1.note]": "n" };

test("groups, extensions and what is left out go both ways, unary and streaming", async () => {
  const { client } = await start();
  expect(await client.echo(ask)).toEqual({ ...ask, count: undefined });
  expect(await client.echo({ ...ask, count: 0 })).toMatchObject({ ...ask, count: 0 });
  expect(await collect(client.repeat(ask))).toHaveLength(3);
});

test("a required field that was not sent is told by its name", async () => {
  const { address } = await start();
  const { error } = await rawClient(address).unary("/old.v1.OldService/Echo", new Uint8Array([16, 1]));
  expect(error).toMatchObject({ code: 3, details: expect.stringContaining("id: is required") });
});

test("a group without its end is no message", async () => {
  const { address } = await start();
  const bytes = [10, 2, 97, 98, (3 << 3) | 3, 8, 1];
  const { error } = await rawClient(address).unary("/old.v1.OldService/Echo", new Uint8Array(bytes));
  expect(error?.code).toBeGreaterThan(0);
  const whole = await rawClient(address).unary("/old.v1.OldService/Echo", new Uint8Array([...bytes, (3 << 3) | 4]));
  expect(whole.error).toBeNull();
});

test("buf curl calls it by reflection", async () => {
  const { address } = await start();
  const data = JSON.stringify({ id: "ab", line: [{ number: 1, color: "COLOR_BLUE" }], "[old.v1.note]": "n" });
  const args = ["curl", "--protocol", "grpc", "--http2-prior-knowledge", "-d", data];
  const url = `http://${address}/old.v1.OldService/Echo`;
  const { stdout } = await promisify(execFile)(process.execPath, [buf, ...args, url]);
  expect(JSON.parse(stdout)).toEqual(JSON.parse(data));
});

test("an event is written, read and keyed", () => {
  const { Asked } = generated;
  const checked = Asked.schema.parse({ id: "a", box: {} });
  expect(Asked.decode(Asked.encode(checked))).toEqual({ id: "a", box: {} });
  expect(Asked.key(checked)).toBe("a");
  expect(Asked.schema.safeParse({}).success).toBe(false);
});
