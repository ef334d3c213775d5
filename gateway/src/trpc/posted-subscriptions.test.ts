import type { WatchOrderRequest } from "@mesh/contracts/testing/orders/v1";
import { transformer } from "@mesh/contracts/transformer";
import type { Scope } from "@mesh/runtime";
import { describe, expect, it, onTestFinished } from "vitest";
import { openBrowser } from "../../fixtures/browser.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderOf, stepOf } from "../../fixtures/services.ts";
import { startSignIn } from "../../fixtures/sign-in.ts";
import { customerIdOf } from "../sign-in/callers.ts";

/** What `fetch` of a browser and of Node have in common. */
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Orders whose streams bring one step and stay open. Counts where they began, and how many are open. */
function quietOrders(owner = () => idOf(9)) {
  const streams = { starts: [] as number[], open: 0 };
  async function* watchOrder({ id, afterStep }: WatchOrderRequest, { signal }: Scope) {
    streams.starts.push(afterStep);
    streams.open += 1;
    try {
      yield stepOf(orderOf(id, owner()), afterStep + 1);
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    } finally {
      streams.open -= 1;
    }
  }
  return { streams, orders: { watchOrder } };
}

/** Opens a subscription by POST. Returns its status, and what has arrived. */
async function watch(url: string, fetch: Fetch, headers: Record<string, string> = {}) {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const body = JSON.stringify(transformer.serialize({ id: idOf(1) }));
  const response = await fetch(`${url}/trpc/orders.watchOrder`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
    signal: leaving.signal,
  });
  const seen = { text: "", isOver: false, leave: () => leaving.abort() };
  const write = (chunk: string) => {
    seen.text += chunk;
  };
  response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeTo(new WritableStream({ write }))
    .catch(() => {})
    .finally(() => {
      seen.isOver = true;
    });
  return seen;
}

describe("a subscription by POST", () => {
  it("has pings, and goes on after the id in its header", async () => {
    const { streams, orders } = quietOrders();
    const { url } = await startMesh({ orders });
    const seen = await watch(url, openBrowser(url).fetch, { "last-event-id": "4" });
    await expect.poll(() => seen.text).toMatch(/^id: 5$.*^event: ping$/ms);
    expect(streams.starts).toEqual([4]);
  });

  it("counts for the limits of subscriptions, and ends at the service when the client leaves", async () => {
    const { streams, orders } = quietOrders();
    const { url } = await startMesh({ orders }, { limits: { streams: 1, requests: 1 } });
    const { fetch } = openBrowser(url);
    const first = await watch(url, fetch);
    await expect.poll(() => streams.open).toBe(1);
    const second = await watch(url, fetch);
    await expect.poll(() => second.text).toContain("SERVICE_UNAVAILABLE");
    expect(streams.starts).toEqual([0]);
    // It is no request that runs.
    expect((await fetch(`${url}/trpc/catalog.listProducts?input={}`, {})).status).toBe(200);
    first.leave();
    await expect.poll(() => streams.open).toBe(0);
  });

  it("ends at its time limit", async () => {
    const { orders } = quietOrders();
    const { url } = await startMesh({ orders }, { limits: { streamMs: 100 } });
    const seen = await watch(url, openBrowser(url).fetch);
    await expect.poll(() => seen.isOver).toBe(true);
    expect(seen.text).not.toMatch(/event: (return|serialized-error)/);
  });

  it("ends when its caller signs out", async () => {
    let owner = "";
    const { streams, orders } = quietOrders(() => owner);
    const { url, issuerUrl, browser } = await startSignIn({ services: { orders } });
    owner = customerIdOf(issuerUrl, "customer");
    const customer = browser();
    await customer.signIn("customer");
    const seen = await watch(url, customer.fetch);
    await expect.poll(() => streams.open).toBe(1);
    await customer.fetch(`${url}/auth/logout`, { method: "POST", redirect: "manual" });
    await expect.poll(() => [streams.open, seen.isOver]).toEqual([0, true]);
  });
});
