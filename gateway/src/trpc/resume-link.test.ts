import { once } from "node:events";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import type { Tracked } from "@mesh/contracts";
import { resumeLink } from "@mesh/contracts/resume-link";
import type { WatchOrderRequest, WatchOrderResponse } from "@mesh/contracts/testing/orders/v1";
import { transformer } from "@mesh/contracts/transformer";
import { createTRPCClient, httpSubscriptionLink } from "@trpc/client";
import { EventSource } from "eventsource";
import { expect, it, onTestFinished } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import type { AppRouter } from "../../fixtures/router.ts";
import { idOf, orderOf, stepOf } from "../../fixtures/services.ts";
import { subscriber } from "../../fixtures/subscriber.ts";

/** Two steps, and then a stream that breaks. */
async function* watchOrder({ id, afterStep }: WatchOrderRequest) {
  for (const number of [1, 2]) yield stepOf(orderOf(id, idOf(9)), afterStep + number);
  throw new TypeError("the stream broke");
}

/** A proxy of a gateway, which responds to every second request with a status. Counts the requests. */
async function proxyOf(url: string, status: number) {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    if (requests.length % 2 === 0) return void response.writeHead(status).end("no gateway");
    const upstream = send(url + request.url, { headers: request.headers }, (got) => {
      response.writeHead(got.statusCode ?? 0, got.headers);
      got.pipe(response);
    });
    upstream.on("error", () => response.destroy());
    response.on("close", () => upstream.destroy());
    upstream.end();
  });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  // A server that listens on a port has an address of this kind.
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function watch(url: string, source: typeof EventSource | undefined = EventSource) {
  const link = httpSubscriptionLink({
    url: `${url}/trpc`,
    transformer,
    ...(source && { EventSource: source }),
  });
  const client = createTRPCClient<AppRouter>({ links: [resumeLink(), link] });
  return subscriber<Tracked<WatchOrderResponse>>((callbacks) =>
    client.orders.watchOrder.subscribe({ id: idOf(1) }, callbacks),
  );
}

it("a subscription goes on after its last message although a proxy responds without its gateway", async () => {
  const proxy = await proxyOf((await startMesh({ orders: { watchOrder } })).url, 502);
  const seen = watch(proxy.url);
  await expect.poll(() => seen.values.length, { timeout: 40_000 }).toBeGreaterThanOrEqual(6);
  const numbers = seen.values.map(({ data }) => data.step.number);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(proxy.requests.length).toBeGreaterThanOrEqual(5);
  expect([seen.errors, seen.events.includes("complete")]).toEqual([[], false]);
});

it("a subscription that is rejected for good ends with the error", async () => {
  const { url } = await startMesh();
  const seen = watch(url);
  await expect.poll(() => seen.errors.map(({ data }) => data?.reason)).toEqual(["ORDER_NOT_FOUND"]);
  const proxy = await proxyOf(url, 404);
  await fetch(proxy.url);
  const lost = watch(proxy.url);
  await expect.poll(() => lost.errors).toHaveLength(1);
});

it("a client without an EventSource gets an error, instead of trying forever", async () => {
  const seen = watch((await startMesh()).url, class {} as unknown as typeof EventSource);
  await expect.poll(() => seen.errors).toHaveLength(1);
});
