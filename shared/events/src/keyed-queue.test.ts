import { expect, test } from "vitest";
import { gate } from "../fixtures/gate.ts";
import { KeyedQueue } from "./keyed-queue.ts";

test("work of one key runs in sequence, and of different keys in parallel up to the limit", async () => {
  const queue = new KeyedQueue(2);
  const gates = new Map(["a1", "a2", "b1", "c1"].map((name) => [name, gate()]));
  const began: string[] = [];
  for (const name of gates.keys()) {
    queue.add(name.slice(0, 1), async () => {
      began.push(name);
      await gates.get(name)?.opened;
    });
  }
  expect(began).toEqual(["a1", "b1"]);
  const finish = async (name: string) => {
    gates.get(name)?.open();
    await new Promise(setImmediate);
  };
  await finish("b1");
  expect(began).toEqual(["a1", "b1", "c1"]);
  await finish("a1");
  expect(began).toEqual(["a1", "b1", "c1", "a2"]);
  let isIdle = false;
  const idle = queue.idle().then(() => {
    isIdle = true;
  });
  await finish("c1");
  expect(isIdle).toBe(false);
  await finish("a2");
  await idle;
  await queue.idle();
});

test("work that leaves its slot lets other work run, and returns before new work", async () => {
  const queue = new KeyedQueue(1);
  const [left, handed] = [gate(), gate()];
  const seen: string[] = [];
  queue.add("a", async (slot) => {
    slot.leave();
    await left.opened;
    await slot.return();
    seen.push("a");
  });
  queue.add("b", async (slot) => {
    seen.push("b");
    const own = slot.handOver();
    void handed.opened.then(() => own.leave());
  });
  queue.add("c", async () => void seen.push("c"));
  left.open();
  await new Promise(setImmediate);
  expect(seen).toEqual(["b"]);
  handed.open();
  await queue.idle();
  expect(seen).toEqual(["b", "a", "c"]);
});
