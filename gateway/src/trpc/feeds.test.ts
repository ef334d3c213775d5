import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import type { FeedMessage, Tracked } from "@mesh/contracts";
import type { OrderConfirmed } from "@mesh/contracts/testing/orders/v1";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Browser, openBrowser } from "../../fixtures/browser.ts";
import { openConfirmations } from "../../fixtures/confirmations.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderRequest } from "../../fixtures/services.ts";
import { subscriber } from "../../fixtures/subscriber.ts";

type Message = Tracked<FeedMessage<OrderConfirmed>>;

const waiting = { timeout: 60_000 };

/** Returns the id of the customer of a browser. */
async function customerOf({ trpc }: Browser): Promise<string> {
  const { order } = await trpc.orders.placeOrder.mutate(orderRequest(1));
  return order?.customerId ?? "";
}

function watch({ trpc }: Browser, input?: { readonly key?: string; readonly lastEventId?: string }) {
  const seen = subscriber<Message>((callbacks) => trpc.orders.onOrderConfirmed.subscribe(input, callbacks));
  const orders = () => seen.values.flatMap(({ data }) => (data.type === "event" ? [data.event.orderId] : []));
  const isStarted = () => expect.poll(() => seen.values.map(({ data }) => data.type), waiting).toEqual(["started"]);
  return { ...seen, orders, isStarted };
}

/** Opens the feed on a connection of its own. Its text arrives while the response flows. */
async function openFeed(url: string, headers: Readonly<Record<string, string>> = {}) {
  const request = get(`${url}/trpc/orders.onOrderConfirmed`, { headers, agent: false });
  onTestFinished(() => void request.destroy());
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const opened = {
    response,
    text: "",
    hasEnded: false,
    /** Waits until the last event has an id. */
    async until(id: string) {
      while (!opened.text.slice(-1_000).includes(id)) await once(response, "data");
    },
    /** Returns the numbers of the orders that have arrived. */
    numbers: () => [...opened.text.matchAll(/"orderId":"[^"]{24}(\d{12})"/g)].map(([, number]) => Number(number)),
  };
  response.setEncoding("utf8").on("data", (chunk) => {
    opened.text += chunk;
  });
  response.on("end", () => {
    opened.hasEnded = true;
  });
  return opened;
}

describe("the feed of an event", { timeout: 120_000 }, () => {
  it("brings each customer its own events, by key if it wants", async () => {
    const { settings, confirm } = await openConfirmations();
    const { url } = await startMesh({}, { settings });
    const [ada, bob] = [openBrowser(url), openBrowser(url)];
    const [adaId, bobId] = [await customerOf(ada), await customerOf(bob)];
    const feeds = [watch(ada), watch(ada, { key: idOf(2) }), watch(bob)];
    for (const feed of feeds) await feed.isStarted();
    await confirm(adaId, 1);
    await confirm(bobId, 9);
    await confirm("", 10);
    await confirm(adaId, 2);
    await expect
      .poll(() => feeds.map(({ orders }) => orders()), waiting)
      .toEqual([[idOf(1), idOf(2)], [idOf(2)], [idOf(9)]]);
  });

  it("goes on after its last message at another gateway", async () => {
    const { settings, confirm } = await openConfirmations();
    const [first, second] = [await startMesh({}, { settings }), await startMesh({}, { settings })];
    const browser = openBrowser(first.url);
    const customerId = await customerOf(browser);
    const seen = watch(browser);
    await seen.isStarted();
    await confirm(customerId, 1);
    await expect.poll(seen.orders, waiting).toEqual([idOf(1)]);
    await first.close();
    await confirm(customerId, 2);
    const other = openBrowser(second.url);
    other.cookie = browser.cookie;
    const again = watch(other, { lastEventId: seen.values.at(-1)?.id ?? "" });
    await expect.poll(again.orders, waiting).toEqual([idOf(2)]);
    expect(again.values).toHaveLength(1);
  });

  it("ends with a reason for a client that stops reading, which misses nothing when it comes back", async () => {
    const { settings, confirmMany } = await openConfirmations();
    const principal = { kind: "customer", id: idOf(1) } as const;
    const identify = () => ({ principal, scopes: new Set(["orders:read"]), roles: [] });
    const { url } = await startMesh({}, { settings, identify });
    const [quick, slow] = [await openFeed(url), await openFeed(url)];
    for (const feed of [quick, slow]) await expect.poll(() => feed.text, waiting).toContain('"started"');
    slow.response.pause();
    // 7 MB, of which the buffers of a connection take some.
    const count = 30_000;
    await confirmMany(principal.id, count, quick.until);
    slow.response.resume();
    await expect.poll(() => slow.hasEnded, waiting).toBe(true);
    expect(slow.text.slice(-1_000)).toContain("SLOW_READER");
    const id = /^\S+/.exec(slow.text.slice(slow.text.lastIndexOf("\nid: ") + 5))?.[0] ?? "";
    const again = await openFeed(url, { "last-event-id": id });
    await expect.poll(() => again.text.slice(-1_000), waiting).toContain(idOf(count));
    expect(slow.numbers().length).toBeLessThan(count);
    const all = Array.from({ length: count }, (_, index) => index + 1);
    for (const numbers of [quick.numbers(), [...slow.numbers(), ...again.numbers()]]) expect(numbers).toEqual(all);
  });

  it("rejects callers without its scopes, foreign ids and malformed input", async () => {
    const { settings } = await openConfirmations();
    const caller = { principal: { kind: "customer", id: idOf(1) }, scopes: new Set<string>() } as const;
    const { url } = await startMesh({}, { settings, identify: () => caller });
    const refused = watch(openBrowser(url));
    await expect.poll(() => refused.errors.map(({ data }) => data?.code), waiting).toEqual(["FORBIDDEN"]);
    const allowed = openBrowser((await startMesh({}, { settings })).url);
    for (const input of [{ lastEventId: "2" }, { lastEventId: "9".repeat(300) }, { key: "" }, { key: 1 }, 7]) {
      const seen = watch(allowed, input as never);
      await expect.poll(() => seen.errors.map(({ data }) => data?.code), waiting).toEqual(["BAD_REQUEST"]);
    }
  });

  it("is unavailable at a gateway without NATS", async () => {
    const seen = watch(openBrowser((await startMesh()).url));
    await expect.poll(() => seen.passing.map(({ data }) => data?.code), waiting).toContain("SERVICE_UNAVAILABLE");
  });
});
