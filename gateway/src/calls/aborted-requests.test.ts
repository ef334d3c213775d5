import { once } from "node:events";
import { expect, it } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, productOf } from "../../fixtures/services.ts";

// The gateway has one connection to a service for all customers. A server on nghttp2, as Node's is, closes a connection
// after about 1,000 quick resets.
it("2,000 requests that one client aborts fail none of 2,000 of the others", async () => {
  // Equal requests would share one call, even with those that were aborted a moment ago.
  const held = new Set(Array.from({ length: 2_000 }, (_, number) => idOf(number)));
  let waiting = 0;
  const catalog = {
    async getProduct({ id }: { id: string }, { signal }: { signal: AbortSignal }) {
      if (!held.has(id)) return { product: productOf(id) };
      waiting += 1;
      await once(signal, "abort");
      throw signal.reason;
    },
  };
  // On a busy machine, some of the 80 requests of a round take longer than the default.
  const { url } = await startMesh({ catalog }, { limits: { queryTimeoutMs: 60_000 } });
  const get = (number: number, signal?: AbortSignal) => {
    const input = encodeURIComponent(JSON.stringify({ id: idOf(number) }));
    return fetch(`${url}/trpc/catalog.getProduct?input=${input}`, signal ? { signal } : {});
  };
  const statusOf = async (number: number) => {
    const response = await get(number);
    await response.arrayBuffer();
    return response.status;
  };
  const statuses: number[] = [];
  for (let round = 1; round <= 50; round++) {
    const controller = new AbortController();
    const aborted = Array.from({ length: 40 }, (_, number) => get((round - 1) * 40 + number, controller.signal));
    const others = Array.from({ length: 40 }, (_, number) => statusOf(2_000 + number));
    await expect.poll(() => waiting, { interval: 1 }).toBe(round * 40);
    controller.abort();
    await Promise.allSettled(aborted);
    statuses.push(...(await Promise.all(others)));
  }
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
}, 400_000);
