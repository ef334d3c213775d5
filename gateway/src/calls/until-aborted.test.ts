import { expect, it } from "vitest";
import { untilAborted } from "./until-aborted.ts";

async function* three() {
  yield* [1, 2, 3];
}

async function collect(values: AsyncIterable<number>): Promise<number[]> {
  const list: number[] = [];
  for await (const value of values) list.push(value);
  return list;
}

it("passes on the values and the end", async () => {
  expect(await collect(untilAborted(three(), new AbortController().signal))).toEqual([1, 2, 3]);
});

it("passes on errors unchanged", async () => {
  const broken = new Error("broken");
  async function* failing() {
    yield 1;
    throw broken;
  }
  await expect(collect(untilAborted(failing(), new AbortController().signal))).rejects.toBe(broken);
});

it("ends with an AbortError after an abort, however the source ends", async () => {
  const aborted = AbortSignal.abort();
  async function* failing(): AsyncGenerator<number> {
    yield* [];
    throw new Error("cancelled");
  }
  await expect(collect(untilAborted(three(), aborted))).rejects.toMatchObject({ name: "AbortError" });
  await expect(collect(untilAborted(failing(), aborted))).rejects.toMatchObject({ name: "AbortError" });
});

it("ends the source when its reader leaves", async () => {
  let isEnded = false;
  async function* endless() {
    try {
      for (;;) yield 1;
    } finally {
      isEnded = true;
    }
  }
  for await (const _ of untilAborted(endless(), new AbortController().signal)) break;
  expect(isEnded).toBe(true);
});
