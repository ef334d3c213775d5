import { expect, test } from "vitest";
import { echo, latch } from "../fixtures/servers.ts";

const kibibyte = 1024;
const text = "x".repeat(32 * kibibyte);

/** Resolves with a count when it has not changed for a while: the sender is waiting for room. */
async function settled(count: () => number): Promise<number> {
  let before = -1;
  while (before !== count()) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 150));
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
  const ahead = await settled(() => sent);
  // 1,000 messages would be 32 MiB; HTTP/2's windows and Node's buffers hold some of them.
  expect(ahead).toBeLessThan(30);
  for (let read = 1; read < 200; read++) await iterator.next();
  expect(sent).toBeGreaterThanOrEqual(200);
  expect(await settled(() => sent)).toBeLessThan(230);
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
  expect(await settled(() => sent)).toBeLessThan(30);
  gate.open();
  await call;
  expect(sent).toBe(500);
});

test("messages that nobody takes yet are not even read", async () => {
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
  expect(await settled(() => sent)).toBeLessThan(30);
  await iterator.return?.();
});
