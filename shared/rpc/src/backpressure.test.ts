import { expect, test } from "vitest";
import { echo, latch } from "../fixtures/servers.ts";

const kibibyte = 1024;
const text = "x".repeat(32 * kibibyte);

type EchoClient = Awaited<ReturnType<typeof echo>>["client"];

/** The calls that must pass before the sender is known to wait: each of them follows on the same connection what was sent. */
const rounds = 10;

/** Resolves with a count when it no longer changes while other calls come and go: the sender is waiting for room. */
async function settled(client: EchoClient, count: () => number): Promise<number> {
  let before = -1;
  for (let same = 0; same < rounds; same++) {
    await client.unary({});
    if (before !== count()) same = 0;
    before = count();
  }
  return before;
}

test("a server stream waits for a slow reader", async () => {
  let sent = 0;
  const { client } = await echo({
    async *down() {
      for (; sent < 1_000; sent++) yield { text, number: sent };
    },
  });
  const iterator = client.down({})[Symbol.asyncIterator]();
  await iterator.next();
  const ahead = await settled(client, () => sent);
  // 1,000 messages would be 32 MiB; HTTP/2's windows and Node's buffers hold some of them.
  expect(ahead).toBeLessThan(30);
  for (let read = 1; read < 200; read++) await iterator.next();
  expect(sent).toBeGreaterThanOrEqual(200);
  expect(await settled(client, () => sent)).toBeLessThan(230);
  await iterator.return?.();
});

test("a client stream waits for a slow handler", async () => {
  let sent = 0;
  const gate = latch();
  const { client } = await echo({
    async up(requests) {
      const iterator = requests[Symbol.asyncIterator]();
      await iterator.next();
      await gate.opened;
      for (let step = await iterator.next(); !step.done; step = await iterator.next());
      return { text: "all", number: 0 };
    },
  });
  async function* source() {
    for (; sent < 500; sent++) yield { text, number: sent };
  }
  const call = client.up(source());
  expect(await settled(client, () => sent)).toBeLessThan(30);
  gate.open();
  await call;
  expect(sent).toBe(500);
});

test("messages that the handler does not take yet are not read", async () => {
  let sent = 0;
  const { client } = await echo({
    async *both(requests) {
      const iterator = requests[Symbol.asyncIterator]();
      await iterator.next();
      yield { text: "one", number: 1 };
      await new Promise(() => {});
    },
  });
  async function* source() {
    for (; sent < 500; sent++) yield { text, number: sent };
  }
  const iterator = client.both(source())[Symbol.asyncIterator]();
  await iterator.next();
  expect(await settled(client, () => sent)).toBeLessThan(30);
  await iterator.return?.();
});
