import { once } from "node:events";
import { get, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { openConfirmations } from "../../fixtures/confirmations.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf } from "../../fixtures/services.ts";

const waiting = { timeout: 60_000 };
const path = "/v1/feeds/orders/onOrderConfirmed";
const ada = {
  principal: { kind: "customer", id: idOf(101) },
  scopes: new Set(["orders:read"]),
  roles: [],
} as const;

/** Opens a feed. Its text arrives meanwhile. */
async function open(url: string, headers: OutgoingHttpHeaders = {}) {
  const request = get(url, { headers, agent: false });
  onTestFinished(() => void request.destroy());
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const opened = {
    status: response.statusCode,
    type: response.headers["content-type"],
    text: "",
    /** Waits until the last event has an id. */
    async until(id: string) {
      while (!opened.text.slice(-1_000).includes(id)) await once(response, "data");
    },
  };
  response.setEncoding("utf8").on("data", (chunk) => {
    opened.text += chunk;
  });
  return opened;
}

/** Returns the ids of the messages and their JSON. */
function messagesIn({ text }: { readonly text: string }) {
  return [...text.matchAll(/id: (.*)\ndata: (.*)\n\n/g)].map(([, id, data = ""]) => ({ id, data: JSON.parse(data) }));
}

async function start(caller: Parameters<typeof startMesh>[1] = { identify: () => ada }) {
  const events = await openConfirmations();
  const { url } = await startMesh({}, { settings: events.settings, ...caller });
  return { ...events, url: url + path };
}

describe("a feed by REST", { timeout: 120_000 }, () => {
  it("brings the events of the caller as server-sent events, and goes on after the last id", async () => {
    const { url, confirm } = await start();
    const [all, one] = [await open(url), await open(`${url}?key=${idOf(2)}`)];
    expect([all.status, all.type]).toEqual([200, "text/event-stream"]);
    await confirm(ada.principal.id, 1);
    await confirm(idOf(102), 9);
    await confirm(ada.principal.id, 2);
    await expect.poll(() => messagesIn(all), waiting).toHaveLength(3);
    const event = { orderId: idOf(1), paymentId: idOf(1), customerId: ada.principal.id };
    const [started, first, second] = messagesIn(all);
    expect([started?.data, first?.data]).toEqual([{ type: "started" }, { type: "event", event }]);
    await expect.poll(() => messagesIn(one).slice(1), waiting).toEqual([second]);
    const again = [await open(url, { "last-event-id": first?.id }), await open(`${url}?lastEventId=${first?.id}`)];
    // The header is that of a client that has read on.
    const newer = await open(`${url}?lastEventId=${started?.id}`, { "last-event-id": first?.id });
    for (const feed of [...again, newer]) await expect.poll(() => messagesIn(feed), waiting).toEqual([second]);
  });

  it("rejects requests with a problem, before it is open", async () => {
    const { url } = await start();
    const requests: readonly (readonly [status: number, query: string, init?: RequestInit])[] = [
      [400, "?lastEventId=2"],
      [400, "?key="],
      [400, `?key=${"a".repeat(300)}`],
      [400, "?key=a&key=b"],
      [400, "?product=a"],
      [405, "", { method: "POST" }],
      [406, "", { headers: { accept: "application/json" } }],
    ];
    for (const [status, query, init] of requests) {
      const response = await fetch(url + query, init);
      expect(await response.json(), query).toMatchObject({ status });
      expect([response.status, response.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
    }
    const options = await fetch(url, { method: "OPTIONS" });
    expect(options.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
    const head = await fetch(url, { method: "HEAD" });
    expect([head.status, head.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    expect((await fetch(`${url}2`)).status).toBe(404);
  });

  it("is for callers with its scopes, while the gateway can read NATS", async () => {
    const stranger = await start({ identify: () => ({ ...ada, scopes: new Set<string>() }) });
    expect(await (await fetch(stranger.url)).json()).toMatchObject({ status: 403, code: "PERMISSION_DENIED" });
    const without = await startMesh({}, { identify: () => ada });
    expect(await (await fetch(without.url + path)).json()).toMatchObject({ status: 503, code: "UNAVAILABLE" });
  });

  it("ends with a problem for a client that stops reading", async () => {
    const { url, confirmMany } = await start();
    const request = get(url, { agent: false });
    onTestFinished(() => void request.destroy());
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const quick = await open(url);
    await confirmMany(ada.principal.id, 30_000, quick.until);
    const slow = { text: "" };
    for await (const chunk of response) slow.text += chunk;
    const [, problem = ""] = /event: problem\ndata: (.*)\n\n$/.exec(slow.text) ?? [];
    expect(JSON.parse(problem)).toMatchObject({
      status: 503,
      type: "urn:mesh:error:mesh.v1.FeedError:SLOW_READER",
      title: "The client reads too slowly. It may subscribe again, after the last message that it has.",
      retryAfterMs: 0,
    });
  });
});
