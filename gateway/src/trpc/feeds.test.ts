import type { FeedMessage, Tracked } from "@mesh/contracts";
import { OrderConfirmed } from "@mesh/contracts/orders/v1";
import { connectBus } from "@mesh/events/feed";
import { storeInStream, testNats } from "@mesh/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Browser, openBrowser } from "../../fixtures/browser.ts";
import { silent, startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderRequest } from "../../fixtures/services.ts";
import { subscriber } from "../../fixtures/subscriber.ts";

type Message = Tracked<FeedMessage<OrderConfirmed>>;

const waiting = { timeout: 60_000 };

/** A NATS with the stream of orders, and what publishes events of customers. */
async function openStream() {
  const nats = await testNats();
  onTestFinished(() => nats[Symbol.asyncDispose]());
  const bus = connectBus({ url: nats.url, name: "test", log: silent });
  onTestFinished(() => bus.close());
  const connection = await bus.connected(AbortSignal.timeout(30_000));
  const { streams } = await connection.jetstreamManager();
  await streams.add({ name: OrderConfirmed.stream, subjects: ["orders.v1.*"] });
  const confirm = async (customerId: string, number: number) => {
    const bytes = OrderConfirmed.encode({ orderId: idOf(number), paymentId: idOf(number), customerId });
    await storeInStream(connection, OrderConfirmed.subject, bytes, { msgID: crypto.randomUUID() });
  };
  return { settings: { natsUrl: nats.url }, confirm };
}

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

describe("the feed of an event", { timeout: 120_000 }, () => {
  it("brings each customer its own events, by key if it wants", async () => {
    const { settings, confirm } = await openStream();
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
    const { settings, confirm } = await openStream();
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

  it("rejects callers without its scopes, foreign ids and malformed input", async () => {
    const { settings } = await openStream();
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
