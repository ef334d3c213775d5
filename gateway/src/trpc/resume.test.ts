import type { WatchOrderRequest, WatchOrderResponse } from "@mesh/contracts/testing/orders/v1";
import { transformer } from "@mesh/contracts/transformer";
import { describe, expect, it } from "vitest";
import { openBrowser } from "../../fixtures/browser.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderOf, stepOf } from "../../fixtures/services.ts";
import { subscriber } from "../../fixtures/subscriber.ts";

type Seen = { readonly id: string; readonly data: WatchOrderResponse };

/** An order of six steps, of which each stream brings two. Counts where the streams began. */
function brokenStreams() {
  const starts: number[] = [];
  async function* watchOrder({ id, afterStep }: WatchOrderRequest) {
    starts.push(afterStep);
    for (const number of [afterStep + 1, afterStep + 2]) if (number <= 6) yield stepOf(orderOf(id, idOf(9)), number);
    if (afterStep + 2 < 6) throw new TypeError("the stream broke");
  }
  return { starts, orders: { watchOrder } };
}

/** Returns the events of a subscription that ends by itself. */
async function eventsOf(url: string, input: object, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const text = encodeURIComponent(JSON.stringify(transformer.serialize(input)));
  const response = await openBrowser(url).fetch(`${url}/trpc/orders.watchOrder?input=${text}`, { headers });
  return response.text();
}

const stepsIn = (events: string) => [...events.matchAll(/^id: (.*)$/gm)].map(([, id]) => id);

describe("a subscription that can go on", () => {
  it("brings each message once, in order, although its stream breaks again and again", async () => {
    const { starts, orders } = brokenStreams();
    const { trpc } = openBrowser((await startMesh({ orders })).url);
    const seen = subscriber<Seen>((callbacks) => trpc.orders.watchOrder.subscribe({ id: idOf(1) }, callbacks));
    await expect.poll(() => seen.events, { timeout: 30_000 }).toContain("complete");
    expect(seen.values.map(({ id, data }) => [id, data.step.number])).toEqual(
      [1, 2, 3, 4, 5, 6].map((number) => [String(number), number]),
    );
    expect(starts).toEqual([0, 2, 4]);
  });

  it("goes on after the id of its input, or of the header, which is the newer one", async () => {
    const { orders } = brokenStreams();
    const { url } = await startMesh({ orders });
    expect(stepsIn(await eventsOf(url, { id: idOf(1), lastEventId: "4" }))).toEqual(["5", "6"]);
    expect(stepsIn(await eventsOf(url, { id: idOf(1), lastEventId: "1" }, { "last-event-id": "4" }))).toEqual([
      "5",
      "6",
    ]);
    expect(stepsIn(await eventsOf(url, { id: idOf(1), afterStep: 1, lastEventId: "4" }))).toEqual(["5", "6"]);
    expect(stepsIn(await eventsOf(url, { id: idOf(1), afterStep: 4 }))).toEqual(["5", "6"]);
  });

  it.each([
    ["is no id", "x"],
    ["is of another stream", '"~d1764495600000"'],
    ["is of a feed", "1764495600000-7"],
    ["is out of range", "-1"],
    ["is too large", "4294967296"],
    ["is too long", "1".repeat(5_000)],
    ["has an unknown tag", '"~x"'],
    ["is deeply nested", "[".repeat(1_900)],
    ["is no text", 4],
    ["is an object", { step: 1 }],
  ])("says that an id %s, and reaches no service", async (_, lastEventId) => {
    const { starts, orders } = brokenStreams();
    const { url } = await startMesh({ orders });
    const events = await eventsOf(url, { id: idOf(1), lastEventId });
    expect(events).toContain("event: serialized-error");
    expect(events).toMatch(/the last event id is not that of a message of WatchOrder.*"code":"BAD_REQUEST"/);
    expect(starts).toEqual([]);
  });

  it("still checks the rest of its input", async () => {
    const { url } = await startMesh();
    expect(await eventsOf(url, { id: "x", lastEventId: "1" })).toContain('"rule":"string.uuid"');
    expect(await eventsOf(url, { lastEventId: "1" })).toContain('"field":"id"');
  });
});

describe("a REST stream that can go on", () => {
  it("has an id in each line, and goes on after that of Last-Event-ID", async () => {
    const { orders } = brokenStreams();
    const { url } = await startMesh({ orders });
    const path = `${url}/v1/orders/${idOf(1)}:watch`;
    const lines = async (headers: Readonly<Record<string, string>>) => {
      const text = await (await fetch(path, { headers })).text();
      return text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    };
    expect(await lines({ "last-event-id": "4" })).toMatchObject([
      { id: "5", result: { step: { number: 5 } } },
      { id: "6", result: { step: { number: 6 } } },
    ]);
    const refused = await fetch(path, { headers: { "last-event-id": "x" } });
    expect([refused.status, await refused.json()]).toMatchObject([
      400,
      { code: "INVALID_ARGUMENT", detail: expect.stringContaining("the last event id") },
    ]);
  });
});
