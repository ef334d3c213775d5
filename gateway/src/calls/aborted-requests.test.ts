import { once } from "node:events";
import { expect, it } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, productOf } from "../../fixtures/services.ts";

// The gateway has one connection to a service for all customers. A server on nghttp2, as Node's is, closes a connection
// after about 1,000 quick resets.
it("2,000 requests that one client aborts fail none of 2,000 of the others", async () => {
  let waiting = 0;
  const { url } = await startMesh({
    catalog: {
      async getProduct({ id }, { signal }) {
        if (id !== idOf(1)) return { product: productOf(id) };
        waiting += 1;
        await once(signal, "abort");
        throw signal.reason;
      },
    },
  });
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
    const aborted = Array.from({ length: 40 }, () => get(1, controller.signal));
    const others = Array.from({ length: 40 }, (_, number) => statusOf(number + 2));
    await expect.poll(() => waiting, { interval: 1 }).toBe(round * 40);
    controller.abort();
    await Promise.allSettled(aborted);
    statuses.push(...(await Promise.all(others)));
  }
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});
