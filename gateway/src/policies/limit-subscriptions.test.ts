import { once } from "node:events";
import { connect } from "node:net";
import type { Scope } from "@mesh/runtime";
import { describe, expect, it } from "vitest";
import { type Browser, openBrowser } from "../../fixtures/browser.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderOf, orderRequest, stepOf } from "../../fixtures/services.ts";
import { subscriber } from "../../fixtures/subscriber.ts";

/** Watches an order. */
function watch(browser: Browser, id = idOf(1)) {
  const { watchOrder } = browser.trpc.orders;
  return subscriber<Parameters<NonNullable<Parameters<typeof watchOrder.subscribe>[1]["onData"]>>[0]>((callbacks) =>
    watchOrder.subscribe({ id }, callbacks),
  );
}

/** A stream that sends one step and then stays silent, and counts how many are open. */
function quietOrders() {
  const counts = { open: 0, ever: 0 };
  async function* watchOrder({ id }: { id: string }, { signal }: Scope) {
    counts.open += 1;
    counts.ever += 1;
    try {
      yield stepOf(orderOf(id, idOf(9), idOf(1)), 1);
      if (!signal.aborted) await once(signal, "abort");
    } finally {
      counts.open -= 1;
    }
  }
  return { counts, orders: { watchOrder } };
}

describe("a subscription", () => {
  it("delivers each step, and completes when the service does", async () => {
    const browser = openBrowser((await startMesh()).url);
    const { order } = await browser.trpc.orders.placeOrder.mutate(orderRequest(1));
    const seen = watch(browser);
    await expect.poll(() => seen.events).toEqual(["started", "complete"]);
    expect(seen.values).toEqual(
      [1, 2].map((number) => ({ id: String(number), data: stepOf(order ?? orderOf("", ""), number) })),
    );
  });

  it("fails for good if the service rejects it", async () => {
    const seen = watch(openBrowser((await startMesh()).url));
    await expect.poll(() => seen.errors.map(({ data }) => data?.reason)).toEqual(["ORDER_NOT_FOUND"]);
  });

  it("checks its input by the contract", async () => {
    const seen = watch(openBrowser((await startMesh()).url), "x");
    await expect.poll(() => seen.errors.map(({ data }) => data?.violations[0]?.field)).toEqual(["id"]);
  });

  it("ends at the service when the browser leaves", async () => {
    const { counts, orders } = quietOrders();
    const seen = watch(openBrowser((await startMesh({ orders })).url));
    await expect.poll(() => counts.open).toBe(1);
    seen.unsubscribe();
    await expect.poll(() => counts.open).toBe(0);
  });

  it("is opened again after the service was lost", async () => {
    const { counts, orders } = quietOrders();
    const mesh = await startMesh({ orders });
    const seen = watch(openBrowser(mesh.url));
    await expect.poll(() => seen.values.length).toBe(1);
    await mesh.servers.orders.close();
    await expect.poll(() => seen.passing.map(({ data }) => data?.code)).toContain("SERVICE_UNAVAILABLE");
    await mesh.restart("orders");
    await expect.poll(() => counts.open).toBe(1);
    expect(seen.errors).toEqual([]);
  });

  it("hides an internal error of the service, and is tried again", async () => {
    let tries = 0;
    async function* watchOrder() {
      tries += 1;
      if (tries === 1) throw new TypeError("hunter2");
      yield stepOf(orderOf(idOf(1), idOf(9), idOf(1)), 1);
    }
    const seen = watch(openBrowser((await startMesh({ orders: { watchOrder } })).url));
    await expect.poll(() => seen.values.length).toBe(1);
    const [error] = seen.passing.filter(({ data }) => data);
    expect(error?.message).toBe(`internal error (id ${error?.data?.id})`);
  });

  it("ends at its time limit, and is then opened again", async () => {
    const { counts, orders } = quietOrders();
    const seen = watch(openBrowser((await startMesh({ orders }, { limits: { streamMs: 100 } })).url));
    await expect.poll(() => counts.ever).toBeGreaterThan(1);
    expect(seen.errors).toEqual([]);
    // The client sees a lost connection, not an error from the gateway.
    expect(seen.passing.filter(({ data }) => data)).toEqual([]);
    expect(seen.events).not.toContain("complete");
  });
});

describe("subscriptions", () => {
  it("are limited to five per customer, and one that ends makes room", async () => {
    const { counts, orders } = quietOrders();
    const { url } = await startMesh({ orders });
    const browser = openBrowser(url);
    await browser.trpc.catalog.listProducts.query({});
    const five = Array.from({ length: 5 }, () => watch(browser));
    await expect.poll(() => counts.open).toBe(5);
    const sixth = watch(browser);
    await expect.poll(() => sixth.errors.map(({ data }) => data?.code)).toEqual(["TOO_MANY_REQUESTS"]);
    const other = watch(openBrowser(url));
    await expect.poll(() => other.values.length).toBe(1);
    five[0]?.unsubscribe();
    await expect.poll(() => counts.open).toBe(5);
    const again = watch(browser);
    await expect.poll(() => again.values.length).toBe(1);
  });

  it("have a limit per address, for all its customers", async () => {
    const { counts, orders } = quietOrders();
    const { url } = await startMesh({ orders }, { limits: { streamsPerAddress: 2 } });
    const two = [watch(openBrowser(url)), watch(openBrowser(url))];
    await expect.poll(() => counts.open).toBe(2);
    const third = watch(openBrowser(url));
    await expect.poll(() => third.errors.map(({ data }) => data?.code)).toEqual(["TOO_MANY_REQUESTS"]);
    two[0]?.unsubscribe();
    await expect.poll(() => counts.open).toBe(1);
    const again = watch(openBrowser(url));
    await expect.poll(() => again.values.length).toBe(1);
  });

  it("have a limit per process, at which browsers try again", async () => {
    const { counts, orders } = quietOrders();
    const { url } = await startMesh({ orders }, { limits: { streams: 1 } });
    const first = watch(openBrowser(url));
    await expect.poll(() => counts.open).toBe(1);
    const second = watch(openBrowser(url));
    await expect.poll(() => second.passing.map(({ data }) => data?.code)).toContain("SERVICE_UNAVAILABLE");
    first.unsubscribe();
    await expect.poll(() => second.values.length).toBe(1);
  });

  it("no longer count after they fail", async () => {
    const { url } = await startMesh({}, { limits: { streams: 1, streamsPerCustomer: 1 } });
    const browser = openBrowser(url);
    await browser.trpc.orders.placeOrder.mutate(orderRequest(1));
    for (const id of ["x", idOf(404), "x", idOf(404)]) {
      const seen = watch(browser, id);
      await expect.poll(() => seen.errors.map(({ data }) => data?.httpStatus ?? 0)[0]).toBeLessThan(405);
    }
    const seen = watch(browser);
    await expect.poll(() => seen.events).toContain("complete");
  });

  it("end in a way that makes clients come back when the gateway shuts down", async () => {
    const { counts, orders } = quietOrders();
    const mesh = await startMesh({ orders }, { settings: { shutdownMs: 120_000 } });
    const seen = Array.from({ length: 3 }, () => watch(openBrowser(mesh.url)));
    await expect.poll(() => counts.open).toBe(3);
    const began = performance.now();
    await mesh.close();
    expect(performance.now() - began).toBeLessThan(60_000);
    expect(seen.flatMap(({ events, errors }) => [...events, ...errors])).toEqual(Array(3).fill("started"));
  });

  it("wait for a slow reader, and do not delay the shutdown if it has stopped reading", async () => {
    let told = 0;
    async function* watchOrder({ id }: { id: string }) {
      const [line] = orderOf(id, idOf(9), idOf(1)).lines;
      const order = { ...orderOf(id, idOf(9)), lines: Array(50).fill({ ...line, name: "x".repeat(120) }) };
      for (told = 1; ; told++) yield stepOf(order, told);
    }
    const mesh = await startMesh({ orders: { watchOrder } }, { settings: { shutdownMs: 120_000 } });
    const socket = connect(Number(new URL(mesh.url).port), "127.0.0.1");
    const input = encodeURIComponent(JSON.stringify({ id: idOf(1) }));
    socket.write(`GET /trpc/orders.watchOrder?input=${input} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    let before = -1;
    const isStalled = () => {
      const stalled = told > 1 && told === before;
      before = told;
      return stalled;
    };
    await expect.poll(isStalled, { interval: 300 }).toBe(true);
    const began = performance.now();
    await mesh.close();
    expect(performance.now() - began).toBeLessThan(60_000);
    socket.destroy();
  });
});
