import { Client, credentials, type StatusObject } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { noteBytes } from "../fixtures/mux-client.ts";
import { collect, connectEcho, echoHandlers, latch, notes, serveEcho } from "../fixtures/servers.ts";
import { limitSilence, type ServerMiddleware } from "./index.ts";
import { toBuffer } from "./message-stream.ts";

/** Short limits, so that tests need not wait for the defaults. */
function serveImpatient(handlers = {}, limits = { firstMs: 100, nextMs: 200 }) {
  const impatient: ServerMiddleware = (call, next) => limitSilence(call, next, limits);
  return serveEcho(
    { ...echoHandlers, ...handlers },
    { middleware: (defaults) => defaults.map((step) => (step === limitSilence ? impatient : step)) },
  );
}

/** Starts a call that sends nothing but what the test writes. */
function silentCalls(address: string) {
  const client = new Client(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  onTestFinished(() => client.close());
  return (method: string) => {
    const call = client.makeBidiStreamRequest(`/test.v1.EchoService/${method}`, toBuffer, (bytes) => bytes);
    call.on("error", () => {});
    call.on("data", () => {});
    const ended = new Promise<StatusObject>((resolve) => call.on("status", resolve));
    return { call, ended };
  };
}

test.each(["Unary", "Down", "Up", "Both"])("a call of %s without a message ends", async (method) => {
  const { address } = await serveImpatient();
  expect(await silentCalls(address)(method).ended).toMatchObject({
    code: 4,
    details: `the caller of test.v1.EchoService/${method} sent nothing for 100 ms`,
  });
});

test("a unary call whose caller does not say that its request is the only one ends", async () => {
  const { address } = await serveImpatient();
  const { call, ended } = silentCalls(address)("Unary");
  call.write(noteBytes({}));
  expect((await ended).code).toBe(4);
});

test("210 silent calls give up their room within 2 s and a little", async () => {
  const server = await serveEcho({}, { inFlight: { unary: 200, streams: 10 } });
  const startedAt = performance.now();
  // Three connections, since one may have 100 streams.
  const clients = [1, 2, 3].map(() => silentCalls(server.address));
  const calls = Array.from({ length: 210 }, (_, at) => clients[at % 3]?.("Unary").ended);
  const ends = (await Promise.all(calls)).map((end) => end?.code);
  expect(performance.now() - startedAt).toBeGreaterThan(1_900);
  expect(ends.filter((code) => code === 4)).toHaveLength(200);
  expect(await connectEcho(server).client.unary({ text: "room" })).toMatchObject({ text: "room" });
});

test("a client stream that pauses ends, and its handler too", async () => {
  const failures: unknown[] = [];
  const server = await serveImpatient({
    async up(requests: AsyncIterable<unknown>) {
      try {
        for await (const _ of requests);
      } catch (error) {
        failures.push(error);
        throw error;
      }
      return { text: "all", number: 0 };
    },
  });
  const { client } = connectEcho(server);
  const { opened, open } = latch();
  async function* pausing() {
    yield* notes(1, 2);
    await opened;
  }
  await expect(client.up(pausing())).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: "the caller of test.v1.EchoService/Up sent nothing for 200 ms",
  });
  open();
  await expect.poll(() => failures).toMatchObject([{ code: "DEADLINE_EXCEEDED" }]);
});

test("the time in which a handler does not read does not count", async () => {
  const server = await serveImpatient({
    async up(requests: AsyncIterable<{ number: number }>) {
      let sum = 0;
      for await (const { number } of requests) {
        sum += number;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return { text: "sum", number: sum };
    },
  });
  expect(await connectEcho(server).client.up(notes(1, 2, 3))).toMatchObject({ number: 6 });
});

test("a conversation may be idle after its first message, whoever sends it", async () => {
  const idleMs = 400;
  const { address } = await serveImpatient(
    {
      async *both(requests: AsyncIterable<{ text: string; number: number }>) {
        yield { text: "welcome", number: 0 };
        yield* requests;
      },
    },
    { firstMs: 100, nextMs: Number.POSITIVE_INFINITY },
  );
  const { client } = connectEcho({ address });
  async function* late() {
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    yield { number: 1 };
    await new Promise((resolve) => setTimeout(resolve, idleMs));
    yield { number: 2 };
  }
  expect((await collect(client.both(late()))).map(({ number }) => number)).toEqual([0, 1, 2]);
});

test("a process that was busy reads what has arrived before it gives up", async () => {
  const server = await serveImpatient();
  const { call, ended } = silentCalls(server.address)("Unary");
  // The server's timer begins with the call. Then the request arrives while the loop is blocked.
  await new Promise((resolve) => setTimeout(resolve, 50));
  call.end(noteBytes({ text: "late" }));
  await new Promise((resolve) => setImmediate(resolve));
  const until = performance.now() + 300;
  while (performance.now() < until);
  expect((await ended).code).toBe(0);
});
