import { once } from "node:events";
import type { WatchStockRequest, WatchStockResponse } from "@mesh/contracts/testing/inventory/v1";
import type { Scope } from "@mesh/runtime";
import { describe, expect, it, onTestFinished } from "vitest";
import { openBrowser } from "../../fixtures/browser.ts";
import { type MeshOptions, startMesh } from "../../fixtures/mesh.ts";
import { idOf } from "../../fixtures/services.ts";
import { subscriber } from "../../fixtures/subscriber.ts";

const waiting = { timeout: 60_000 };
const many = { streamsPerCustomer: 1_000, streamsPerAddress: 1_000 };

/** A service of stock, whose streams bring what is put, and which counts them. */
function openStock() {
  const counts = { open: 0, ever: 0 };
  const changed = new EventTarget();
  let available = 1n;
  async function* watchStock({ productIds }: WatchStockRequest, { signal }: Scope): AsyncGenerator<WatchStockResponse> {
    counts.open += 1;
    counts.ever += 1;
    try {
      while (!signal.aborted) {
        for (const productId of productIds) yield { stock: { productId, available, reserved: 0n } };
        await Promise.race([once(changed, "change"), once(signal, "abort")]);
        if (available < 0n) throw new TypeError("the stock broke");
      }
    } finally {
      counts.open -= 1;
    }
  }
  const put = (value: bigint) => {
    available = value;
    changed.dispatchEvent(new Event("change"));
  };
  return { counts, put, inventory: { watchStock } };
}

async function start(inventory: ReturnType<typeof openStock>["inventory"], limits: MeshOptions["limits"] = many) {
  const { url } = await startMesh({ inventory }, { limits });
  return (...products: readonly number[]) => {
    const { trpc } = openBrowser(url);
    const seen = subscriber<WatchStockResponse>((callbacks) =>
      trpc.inventory.watchStock.subscribe({ productIds: products.map(idOf) }, callbacks),
    );
    return { ...seen, stocks: () => seen.values.map(({ stock }) => stock?.available) };
  };
}

describe("a stream that subscribers share", { timeout: 120_000 }, () => {
  it("is opened once, brings each of them the current state and every change, and ends with the last of them", async () => {
    const { counts, put, inventory } = openStock();
    const watch = await start(inventory);
    const watchers = Array.from({ length: 60 }, () => watch(1));
    await expect.poll(() => watchers.every(({ values }) => values.length === 1), waiting).toBe(true);
    put(2n);
    await expect.poll(() => watchers.every(({ values }) => values.length === 2), waiting).toBe(true);
    const late = watch(1);
    await expect.poll(late.stocks, waiting).toEqual([2n]);
    put(3n);
    await expect.poll(late.stocks, waiting).toEqual([2n, 3n]);
    await expect.poll(() => watchers.map(({ stocks }) => stocks()), waiting).toEqual(Array(60).fill([1n, 2n, 3n]));
    expect(counts).toEqual({ open: 1, ever: 1 });
    for (const { unsubscribe } of [...watchers, late]) unsubscribe();
    await expect.poll(() => counts.open, waiting).toBe(0);
    const again = watch(1);
    await expect.poll(again.stocks, waiting).toEqual([3n]);
    expect(counts).toEqual({ open: 1, ever: 2 });
  });

  it("is one of its own for each request, with the last response of each key", async () => {
    const { counts, inventory } = openStock();
    const watch = await start(inventory);
    const both = watch(1, 2);
    await expect.poll(both.stocks, waiting).toEqual([1n, 1n]);
    const [late, one] = [watch(1, 2), watch(1)];
    await expect.poll(() => [late.stocks(), one.stocks()], waiting).toEqual([[1n, 1n], [1n]]);
    expect(late.values.map(({ stock }) => stock?.productId)).toEqual([idOf(1), idOf(2)]);
    expect(counts.ever).toBe(2);
  });

  it("that breaks is opened again for all of them, once", async () => {
    const { counts, put, inventory } = openStock();
    const watch = await start(inventory);
    const watchers = Array.from({ length: 10 }, () => watch(1));
    await expect.poll(() => watchers.every(({ values }) => values.length === 1), waiting).toBe(true);
    put(-1n);
    await expect.poll(() => counts.open, waiting).toBe(0);
    put(5n);
    await expect.poll(() => watchers.every(({ stocks }) => stocks().at(-1) === 5n), waiting).toBe(true);
    expect(counts).toEqual({ open: 1, ever: 2 });
    expect(watchers.flatMap(({ errors }) => errors)).toEqual([]);
  });

  it("gives a client that reads slowly the latest state, whatever it has missed", async () => {
    const { counts, put, inventory } = openStock();
    const { url } = await startMesh({ inventory });
    const left = new AbortController();
    onTestFinished(() => left.abort());
    const { body } = await fetch(`${url}/v1/stockLevels:watch?product_ids=${idOf(1)}`, { signal: left.signal });
    await expect.poll(() => counts.open, waiting).toBe(1);
    for (let value = 2n; value <= 3_000n; value++) put(value);
    const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes('"available":"3000"')) text += (await reader?.read())?.value ?? "";
    expect(text.trim().split("\n").length).toBeLessThan(3_000);
  });
});
