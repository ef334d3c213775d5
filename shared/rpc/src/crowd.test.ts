import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bearable, crowded, envelopes, generateCrowd } from "../fixtures/crowd.ts";
import { expectSmall, memoryOf } from "../fixtures/fuzz.ts";
import { muxCall, muxClient } from "../fixtures/mux-client.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { spawnServer } from "../fixtures/replicas.ts";

const path = "/crowd.v1.CrowdService/Count";

let generated: Awaited<ReturnType<typeof generateCrowd>>;
beforeAll(async () => {
  generated = await generateCrowd();
});
afterAll(() => generated.dispose());

/** Calls by plain gRPC. */
function plainCalls(address: string) {
  const client = rawClient(address);
  return async (bytes: Uint8Array) => (await client.unary(path, bytes)).error?.code ?? status.OK;
}

/** Calls that share a stream. */
function muxCalls(address: string) {
  const client = muxClient(address);
  return async (message: Uint8Array) => {
    const id = client.results.length;
    client.send({ calls: [muxCall({ id, path, message, timeoutMs: 30_000 })] });
    await expect.poll(() => client.results.length, { interval: 1 }).toBe(id + 1);
    return client.results[id]?.code;
  };
}

test.each([
  ["plain gRPC", plainCalls],
  ["a stream of the mux", muxCalls],
])(
  "requests by %s that are full of messages get a status and cost little memory, and the next call is served",
  async (_, callsOf) => {
    const server = await spawnServer(generated.program);
    const call = callsOf(server.address);
    const serves = async () => expect(await call(new Uint8Array())).toBe(status.OK);
    await serves();
    const before = memoryOf(server.pid);
    for (const [name, bytes] of Object.entries(crowded)) {
      expect(await call(bytes), name).toBe(status.RESOURCE_EXHAUSTED);
      await serves();
      expectSmall(server, before);
    }
    for (const [name, [bytes, code]] of Object.entries(bearable)) {
      const beforeThis = memoryOf(server.pid);
      expect(await call(bytes), name).toBe(code);
      await serves();
      expectSmall(server, beforeThis);
    }
  },
);

test("an envelope full of calls or of headers ends its stream, and costs little memory", async () => {
  const server = await spawnServer(generated.program);
  const call = muxCalls(server.address);
  await call(new Uint8Array());
  const before = memoryOf(server.pid);
  for (const bytes of envelopes) {
    const client = muxClient(server.address);
    client.sendBytes(bytes);
    expect(await client.ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
    expect(await call(new Uint8Array())).toBe(status.OK);
    expectSmall(server, before);
  }
});
