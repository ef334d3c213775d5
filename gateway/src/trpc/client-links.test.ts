import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { MeshError } from "@mesh/contracts";
import { items, type MeshLinkOptions, meshLinks, pages, ResponseError } from "@mesh/contracts/client";
import { createTRPCClient, TRPCClientError } from "@trpc/client";
import { expect, it, onTestFinished } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import type { AppRouter } from "../../fixtures/router.ts";
import { customerOf, idOf, orderOf, orderRequest, productOf } from "../../fixtures/services.ts";

/** What a proxy does instead of passing a response on. */
type Fault = (response: ServerResponse) => void;

const silence: Fault = () => {};
const disconnect: Fault = (response) => response.destroy();
const unavailable =
  (retryAfter: string): Fault =>
  (response) =>
    response.writeHead(503, { "retry-after": retryAfter, "content-type": "text/html" }).end("<h1>no gateway</h1>");

/**
 * A proxy of a gateway. Its requests have these faults in turns, the first of which is that of the first request. A fault hides the
 * response of the gateway, which gets every request.
 */
async function proxyOf(url: string, faults: readonly (Fault | undefined)[]) {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    const fault = faults[requests.push(request.headers) - 1];
    const upstream = send(url + request.url, { method: request.method, headers: request.headers }, (got) => {
      if (fault) return void got.resume().on("end", () => fault(response));
      response.writeHead(got.statusCode ?? 0, got.headers);
      got.pipe(response);
    });
    upstream.on("error", () => response.destroy());
    request.pipe(upstream);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  // A server that listens on a port has an address of this kind.
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function clientOf(url: string, options: MeshLinkOptions = {}) {
  return createTRPCClient<AppRouter>({ links: meshLinks({ url: `${url}/trpc`, ...options }) });
}

const errorOf = (call: Promise<unknown>) => call.then(() => undefined).catch((error: unknown) => error);

it("a mutation whose response is lost takes effect once, and gets its response", async () => {
  const cancelled: string[] = [];
  const mesh = await startMesh({
    orders: {
      async cancelOrder({ id }, scope) {
        cancelled.push(id);
        return { order: orderOf(id, customerOf(scope)) };
      },
    },
  });
  const { url, requests } = await proxyOf(mesh.url, [disconnect]);
  const { order } = await clientOf(url).orders.cancelOrder.mutate({ id: idOf(1) });
  expect([order.id, cancelled]).toEqual([idOf(1), [idOf(1)]]);
  const [first, second] = requests.map((headers) => headers["idempotency-key"]);
  expect(first).toMatch(/^"[\da-f-]{36}"$/);
  expect(second).toBe(first);
});

it("each mutation has its own key, unless the caller or the request has one", async () => {
  const { url, requests } = await proxyOf((await startMesh()).url, []);
  const { orders } = clientOf(url, { retries: 0, headers: () => ({ "x-own": "1" }) });
  await errorOf(orders.cancelOrder.mutate({ id: idOf(1) }));
  await errorOf(orders.cancelOrder.mutate({ id: idOf(1) }));
  await errorOf(orders.cancelOrder.mutate({ id: idOf(1) }, { context: { idempotencyKey: 'a "key"' } }));
  await errorOf(orders.placeOrder.mutate(orderRequest(7)));
  const keys = requests.map((headers) => headers["idempotency-key"]);
  expect(keys[0]).not.toBe(keys[1]);
  expect(keys.slice(2)).toEqual(['"a \\"key\\""', `"${idOf(7)}"`]);
  expect(requests.map((headers) => headers["x-own"])).toEqual(["1", "1", "1", "1"]);
});

it("a query is repeated after silence, a lost connection and an error of a proxy", async () => {
  const { url, requests } = await proxyOf((await startMesh()).url, [silence, disconnect, unavailable("0")]);
  const { product } = await clientOf(url, { timeoutMs: 2_000 }).catalog.getProduct.query({ id: idOf(1) });
  expect([product.id, requests.length]).toEqual([idOf(1), 4]);
});

it("a call is repeated when a service asks for it", async () => {
  const calls: string[] = [];
  const mesh = await startMesh({
    catalog: {
      async getProduct({ id }) {
        if (calls.push(id) > 1) return { product: productOf(id) };
        throw new MeshError({ code: "RESOURCE_EXHAUSTED", message: "too many", retryAfterMs: 100 });
      },
    },
  });
  const { product } = await clientOf(mesh.url).catalog.getProduct.query({ id: idOf(1) });
  expect([product.id, calls.length]).toEqual([idOf(1), 2]);
});

it("attempts are bounded, and the error is that of the last one", async () => {
  const faults = [unavailable("0"), silence, disconnect];
  const { url, requests } = await proxyOf((await startMesh()).url, faults);
  const { catalog } = clientOf(url, { retries: 1 });
  const error = await errorOf(catalog.getProduct.query({ id: idOf(1) }, { context: { timeoutMs: 500 } }));
  expect(error).toBeInstanceOf(TRPCClientError);
  expect(error).toMatchObject({
    message: "catalog.getProduct: no response after 500 ms",
    cause: { name: "TimeoutError" },
  });
  expect(requests).toHaveLength(2);
});

it("a call fails without a retry if it was rejected, or would have to wait for more than 30 s", async () => {
  const { url, requests } = await proxyOf((await startMesh()).url, [undefined, unavailable("31")]);
  const { orders } = clientOf(url);
  expect(await errorOf(orders.getOrder.query({ id: idOf(404) }))).toMatchObject({
    data: { reason: "ORDER_NOT_FOUND" },
  });
  const error = await errorOf(orders.getOrder.query({ id: idOf(404) }));
  expect(error).toMatchObject({ message: "unexpected response: 503 Service Unavailable" });
  expect(error instanceof TRPCClientError && error.cause).toBeInstanceOf(ResponseError);
  expect(requests).toHaveLength(2);
});

it("the signal of the caller ends a call during its delay", async () => {
  const { url, requests } = await proxyOf((await startMesh()).url, [unavailable("20")]);
  const controller = new AbortController();
  const call = errorOf(clientOf(url).catalog.getProduct.query({ id: idOf(1) }, { signal: controller.signal }));
  await expect.poll(() => requests.length).toBe(1);
  controller.abort(new Error("the page was left"));
  expect(await call).toMatchObject({ message: "the page was left" });
  expect(requests).toHaveLength(1);
});

it("the signal of the caller ends a call without those of the same batch", async () => {
  const { url, requests } = await proxyOf((await startMesh()).url, [silence]);
  const controller = new AbortController();
  const { catalog } = clientOf(url, { timeoutMs: 2_000 });
  const [left, kept] = [{ signal: controller.signal }, {}].map((options) =>
    catalog.getProduct.query({ id: idOf(1) }, options),
  );
  const error = errorOf(left ?? Promise.resolve());
  await expect.poll(() => requests.length).toBe(1);
  controller.abort();
  expect(await error).toMatchObject({ cause: { name: "AbortError" } });
  expect(requests).toHaveLength(1);
  expect(await kept).toMatchObject({ product: { id: idOf(1) } });
});

it("lists are iterated by pages and by items, over failures", async () => {
  const sizes: number[] = [];
  const mesh = await startMesh({
    catalog: {
      async listProducts({ pageToken, pageSize }) {
        sizes.push(pageSize);
        const first = Number(pageToken);
        const products = [first, first + 1].map((number) => productOf(idOf(number)));
        return { products, nextPageToken: first < 4 ? String(first + 2) : "", totalSize: 6n };
      },
    },
  });
  const { url } = await proxyOf(mesh.url, [undefined, disconnect]);
  const { catalog } = clientOf(url);
  const ids: string[] = [];
  for await (const { id } of items(catalog.listProducts.query, { pageSize: 2 })) ids.push(id);
  expect(ids).toEqual([0, 1, 2, 3, 4, 5].map(idOf));
  expect(new Set(sizes)).toEqual(new Set([2]));
  const totals: bigint[] = [];
  for await (const { totalSize } of pages(catalog.listProducts.query, { pageToken: "2" })) totals.push(totalSize);
  expect(totals).toEqual([6n, 6n]);
});
