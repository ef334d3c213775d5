import { once } from "node:events";
import { createServer, get, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { testNetwork } from "@mesh/testing";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { openBrowser } from "../../fixtures/browser.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderOf, stepOf } from "../../fixtures/services.ts";
import { subscriber } from "../../fixtures/subscriber.ts";
import { pingEveryMs, sendPings, silenceMs } from "./pings.ts";

/** Sends one step and then stays silent. */
async function* watchOrder({ id }: { id: string }, { signal }: { signal: AbortSignal }) {
  yield stepOf(orderOf(id, idOf(9), idOf(1)), 1);
  if (!signal.aborted) await once(signal, "abort");
}

const path = `/trpc/orders.watchOrder?input=${encodeURIComponent(JSON.stringify({ id: idOf(1) }))}`;

/** Reads the text of a subscription. Returns the function that returns what has arrived. */
async function read(url: string): Promise<() => string> {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const response = await fetch(new URL(path, url), { signal: leaving.signal });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  let text = "";
  const write = (chunk: string) => {
    text += chunk;
  };
  response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write }))
    .catch(() => {});
  return () => text;
}

const countIn = (text: string, part: string) => text.split(part).length - 1;

describe("an open subscription", () => {
  it("has its client wait for less than 5 s, in which two pings arrive", async () => {
    const text = await read((await startMesh({ orders: { watchOrder } })).url);
    await expect.poll(text).toContain(`event: connected\ndata: {"reconnectAfterInactivityMs":${silenceMs}}`);
    expect(silenceMs).toBeLessThan(5_000);
    expect(2 * pingEveryMs).toBeLessThan(silenceMs);
    await expect.poll(() => countIn(text(), "event: ping\ndata: \n\n")).toBeGreaterThanOrEqual(3);
  });

  it("stays open on a slow network, and is opened again soon after the network loses its bytes", async () => {
    const { url } = await startMesh({ orders: { watchOrder } });
    await using network = await testNetwork(url);
    network.delayMs = 1_000;
    const { trpc } = openBrowser(network.url.replace(/\/$/, ""));
    const seen = subscriber((callbacks) => trpc.orders.watchOrder.subscribe({ id: idOf(1) }, callbacks));
    const text = await read(network.url);
    const enough = Math.ceil(silenceMs / pingEveryMs) + 1;
    await expect.poll(() => countIn(text(), "event: ping")).toBeGreaterThanOrEqual(enough);
    expect([seen.events, seen.passing]).toEqual([["started"], []]);
    network.freeze();
    await expect
      .poll(() => seen.passing.map(({ message }) => message))
      .toEqual([expect.stringContaining(`${silenceMs}`)]);
    network.thaw();
    await expect.poll(() => seen.values.length).toBe(2);
  });
});

/** Opens both ends of one response. */
async function openResponse(): Promise<{ response: ServerResponse; text: () => Promise<string> }> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  // A server that listens on a port has an address of this kind.
  const request = get({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  request.on("error", () => {});
  const [, response] = await once(server, "request");
  async function text() {
    let all = "";
    const [received] = await once(request, "response");
    for await (const chunk of received) all += chunk;
    return all;
  }
  return { response, text };
}

describe("pings", () => {
  it("are never inside an event, nor before the first or after the last", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { response, text } = await openResponse();
    sendPings(response);
    const wait = () => vi.advanceTimersByTime(pingEveryMs);
    wait();
    for (const line of ["event: a\n", "data: 1\n", "\n\n"]) {
      response.write(new TextEncoder().encode(line));
      wait();
    }
    wait();
    response.end();
    wait();
    expect(await text()).toBe("event: a\ndata: 1\n\n\nevent: ping\ndata: \n\nevent: ping\ndata: \n\n");
    await expect.poll(() => vi.getTimerCount()).toBe(0);
  });

  it("are not sent on a response that is closed already", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { response } = await openResponse();
    response.destroy();
    await once(response, "close");
    sendPings(response);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("do not pile up for a client that does not read", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    const { response } = await openResponse();
    sendPings(response);
    const event = new TextEncoder().encode(`data: ${"x".repeat(1 << 20)}\n\n`);
    for (let isRead = true; isRead; ) isRead = response.write(event);
    const before = response.writableLength;
    vi.advanceTimersByTime(100 * pingEveryMs);
    expect(response.writableLength).toBe(before);
    response.destroy();
  });
});
