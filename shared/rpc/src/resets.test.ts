import { MeshError } from "@mesh/contracts";
import { expect, test } from "vitest";
import { startProxy } from "../fixtures/proxy.ts";
import { collect, connectEcho, echo, latch, serveEcho, untilAborted } from "../fixtures/servers.ts";

// A server on nghttp2, as Node's is, closes a connection after about 1,000 quick resets, with the calls of all clients that
// share it.
const rounds = 60;
const perRound = 40;

/** An echo service whose calls without a text wait until they are given up. */
async function echoOrWait() {
  let waiting = 0;
  const { opened, open } = latch();
  const wait = (signal: AbortSignal) => {
    waiting += 1;
    return untilAborted(signal);
  };
  const { client } = await echo({
    unary: async (request, { signal }) => (request.text ? request : wait(signal)),
    async *down(request, { signal }) {
      yield request.text ? request : await wait(signal);
      if (request.text === "long") await opened;
    },
  });
  return { client, waiting: () => waiting, open };
}

test("2,400 calls that their caller gives up fail no other call", async () => {
  const { client, waiting } = await echoOrWait();
  for (let round = 1; round <= rounds; round++) {
    const controller = new AbortController();
    const given = Array.from({ length: perRound }, () => client.unary({}, { signal: controller.signal }));
    const others = Array.from({ length: 10 }, (_, number) => client.unary({ text: "other", number }));
    await expect.poll(waiting, { interval: 1 }).toBe(round * perRound);
    controller.abort();
    expect(new Set((await Promise.allSettled(given)).map(({ status }) => status))).toEqual(new Set(["rejected"]));
    await Promise.all([...others, client.unary({ text: "after" })]);
  }
});

test("2,400 calls whose time is up fail no other call", async () => {
  const { client } = await echoOrWait();
  for (let round = 0; round < rounds; round++) {
    const late = Array.from({ length: perRound }, () => client.unary({}, { timeoutMs: 20 }));
    const others = Array.from({ length: 10 }, (_, number) => client.unary({ text: "other", number }));
    await Promise.all(late.map((call) => expect(call).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" })));
    await Promise.all(others);
  }
});

test("2,400 streams that are left fail no other stream, and none of the calls beside them", async () => {
  const { client, waiting, open } = await echoOrWait();
  const long = client.down({ text: "long" })[Symbol.asyncIterator]();
  await long.next();
  for (let round = 1; round <= rounds; round++) {
    const controller = new AbortController();
    const given = Array.from({ length: perRound }, () => collect(client.down({}, { signal: controller.signal })));
    const [message] = await collect(client.down({ text: "other" }));
    expect(message).toMatchObject({ text: "other" });
    await expect.poll(waiting, { interval: 1 }).toBe(round * perRound);
    controller.abort();
    await Promise.allSettled(given);
    await client.unary({ text: "unary" });
  }
  open();
  expect(await long.next()).toMatchObject({ done: true });
});

test.each(["RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"] as const)(
  "1,200 calls that fail with the server's own %s share a connection",
  async (code) => {
    const server = await serveEcho({ unary: () => Promise.reject(new MeshError({ code, message: "of the server" })) });
    const proxy = await startProxy(server.port);
    const { client } = connectEcho(proxy);
    for (let round = 0; round < 2 * rounds; round++) {
      const calls = Array.from({ length: 10 }, () => client.unary({}));
      await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code, message: "of the server" })));
    }
    expect(proxy.connections()).toBe(1);
  },
);
