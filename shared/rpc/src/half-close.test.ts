import { expect, test, vi } from "vitest";
import { echo } from "../fixtures/servers.ts";

test("a caller that leaves is never taken for one that is done", async () => {
  const ends = { done: 0, gone: 0 };
  const { client } = await echo({
    async up(requests) {
      try {
        for await (const _ of requests);
        ends.done += 1;
      } catch {
        ends.gone += 1;
      }
      return { number: 1, text: "" };
    },
  });
  const leave = async (index: number) => {
    const leaving = new AbortController();
    async function* endless() {
      for (let i = 0; i < index % 4; i++) yield { number: 1 };
      setTimeout(() => leaving.abort(), index % 5);
      await new Promise(() => {});
    }
    const options = index % 2 === 0 ? { signal: leaving.signal } : { timeoutMs: 5 + (index % 7) };
    await expect(client.up(endless(), options)).rejects.toThrow();
  };
  for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 30 }, (_, index) => leave(index)));
  await vi.waitFor(() => expect(ends.gone + ends.done).toBeGreaterThan(50));
  expect(ends.done).toBe(0);
});
