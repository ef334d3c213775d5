import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { WatchStockResponse } from "@mesh/contracts/testing/inventory/v1";
import { OrderError } from "@mesh/contracts/testing/orders/v1";
import { describe, expect, it, onTestFinished } from "vitest";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderOf, stepOf } from "../../fixtures/services.ts";

const watch = `/v1/stockLevels:watch?product_ids=${idOf(1)}&product_ids=${idOf(2)}`;

function levelOf(available: bigint): WatchStockResponse {
  return { stock: { productId: idOf(1), available, reserved: 0n } };
}

/** Returns the lines of a stream that ends by itself. */
function linesOf(text: string): unknown[] {
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Waits until the signal aborts. */
function whenAborted(signal: AbortSignal): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : once(signal, "abort");
}

async function open(url: string, path = watch): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
}

describe("a server stream", () => {
  it("has one line of JSON per message", async () => {
    const { url } = await startMesh();
    const response = await fetch(url + watch);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/x-ndjson"]);
    const stock = { available: "1", reserved: "0" };
    expect(linesOf(await response.text())).toEqual([
      { result: { stock: { productId: idOf(1), ...stock } } },
      { result: { stock: { productId: idOf(2), ...stock } } },
    ]);
  });

  it("that is rejected before its first message has the status of the error", async () => {
    const { url } = await startMesh();
    const response = await fetch(`${url}/v1/stockLevels:watch?product_ids=1`);
    expect([response.status, response.headers.get("content-type")]).toEqual([400, "application/problem+json"]);
    expect(await response.json()).toMatchObject({ violations: [{ field: "product_ids[0]", rule: "string.uuid" }] });
    const watchOrder = await fetch(`${url}/v1/orders/${idOf(1)}:watch`);
    expect([watchOrder.status, await watchOrder.json()]).toMatchObject([404, { reason: "ORDER_NOT_FOUND" }]);
  });

  it("that breaks off has the error in its last line", async () => {
    const order = orderOf(idOf(3), idOf(9), idOf(1));
    async function* watchOrder() {
      yield stepOf(order, 1);
      throw OrderError.notCancellable({ orderId: order.id });
    }
    const { url } = await startMesh({ orders: { watchOrder } });
    const response = await fetch(`${url}/v1/orders/${order.id}:watch?after_step=0`);
    expect(response.status).toBe(200);
    expect(linesOf(await response.text())).toMatchObject([
      { result: { order: { id: order.id }, step: { number: 1, confirmed: { paymentId: idOf(1) } } } },
      { error: { status: 400, reason: "NOT_CANCELLABLE", metadata: { orderId: order.id } } },
    ]);
  });

  it("that breaks off with an internal error has only an id", async () => {
    async function* watchStock() {
      yield levelOf(1n);
      throw new Error("password hunter2");
    }
    const { url } = await startMesh({ inventory: { watchStock } });
    const text = await (await fetch(url + watch)).text();
    expect(text).not.toContain("hunter2");
    expect(linesOf(text)[1]).toMatchObject({ error: { status: 500, instance: expect.stringMatching(/^urn:/) } });
  });

  it("begins before its first message", async () => {
    const gate = new AbortController();
    async function* watchStock() {
      await whenAborted(gate.signal);
      yield levelOf(1n);
    }
    const { url } = await startMesh({ inventory: { watchStock } });
    const response = await fetch(url + watch);
    expect(response.status).toBe(200);
    gate.abort();
    expect(linesOf(await response.text())).toHaveLength(1);
  });

  it("ends with an error at its time limit", async () => {
    async function* watchStock(_: unknown, { signal }: { signal: AbortSignal }) {
      yield levelOf(1n);
      await whenAborted(signal);
    }
    const { url } = await startMesh({ inventory: { watchStock } }, { limits: { streamMs: 2_000 } });
    expect(linesOf(await (await fetch(url + watch)).text())).toMatchObject([
      { result: {} },
      { error: { status: 503, code: "UNAVAILABLE", retryAfterMs: 0 } },
    ]);
  });

  it("ends in the service when the client leaves", async () => {
    let ended = false;
    async function* watchStock(_: unknown, { signal }: { signal: AbortSignal }) {
      yield levelOf(1n);
      await whenAborted(signal);
      ended = true;
    }
    const { url } = await startMesh({ inventory: { watchStock } });
    const socket = await open(url);
    await once(socket, "data");
    expect(ended).toBe(false);
    socket.destroy();
    await expect.poll(() => ended).toBe(true);
  });

  it("whose client leaves before its first message is not logged as a failure", async () => {
    let ended = false;
    async function* watchStock(_: unknown, { signal }: { signal: AbortSignal }) {
      await whenAborted(signal);
      ended = true;
      yield levelOf(1n);
    }
    const { log, lines } = capturedLog();
    const { url } = await startMesh({ inventory: { watchStock } }, { log });
    const socket = await open(url);
    await pause(200);
    socket.destroy();
    await expect.poll(() => ended).toBe(true);
    await expect.poll(() => lines.filter(({ path }) => path === "inventory.watchStock")).toHaveLength(1);
    const [line] = lines.filter(({ path }) => path === "inventory.watchStock");
    expect(line).toMatchObject({ level: 20, code: "CLIENT_CLOSED_REQUEST" });
  });

  it("takes no more from the service than the client reads", async () => {
    let sent = 0;
    const order = orderOf(idOf(3), idOf(9), idOf(1));
    // About 10 kB each, so that few of them fill the buffers on the way.
    const large = { ...order, lines: Array(50).fill({ ...order.lines[0], name: "x".repeat(120) }) };
    async function* watchOrder() {
      for (; sent < 100_000; sent++) yield stepOf(large, sent);
    }
    const { url } = await startMesh({ orders: { watchOrder } });
    const socket = await open(url, `/v1/orders/${order.id}:watch`);
    await once(socket, "readable");
    // The client does not read: messages fill the buffers, and then no more are sent.
    const isStalled = stands(() => sent);
    await expect.poll(isStalled, { interval: 300 }).toBe(true);
    const before = sent;
    expect(before).toBeLessThan(50_000);
    socket.resume();
    await expect.poll(() => sent).toBeGreaterThan(before + 5_000);
  });

  it("counts as a subscription of its caller", async () => {
    async function* watchStock(_: unknown, { signal }: { signal: AbortSignal }) {
      yield levelOf(1n);
      await whenAborted(signal);
    }
    const caller = { principal: { kind: "customer", id: idOf(1) }, scopes: new Set(["stock:read"]) } as const;
    const limits = { streamsPerCustomer: 1 };
    const { url } = await startMesh({ inventory: { watchStock } }, { limits, identify: () => caller });
    const first = await open(url);
    await once(first, "data");
    const response = await fetch(url + watch);
    expect([response.status, await response.json()]).toMatchObject([429, { code: "RESOURCE_EXHAUSTED" }]);
    first.destroy();
    await expect.poll(async () => (await statusOf(url)) === 200).toBe(true);
  });

  it("responds to HEAD without opening anything", async () => {
    let opened = 0;
    async function* watchStock() {
      opened += 1;
      yield levelOf(1n);
    }
    const { url } = await startMesh({ inventory: { watchStock } });
    const { status, headers } = await fetch(url + watch, { method: "HEAD" });
    expect([status, headers.get("content-type"), opened]).toEqual([200, "application/x-ndjson", 0]);
  });
});

async function statusOf(url: string): Promise<number> {
  const left = new AbortController();
  const { status } = await fetch(url + watch, { signal: left.signal });
  left.abort();
  return status;
}

/** Returns a check that a number has not changed since the last check. */
function stands(value: () => number): () => Promise<boolean> {
  let before = -1;
  return async () => {
    await pause(0);
    const same = value() === before;
    before = value();
    return same;
  };
}
