import { recordTelemetry } from "@mesh/testing/telemetry";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { expect, test, vi } from "vitest";
import { openBrowser } from "../fixtures/browser.ts";
import { cachedCatalog } from "../fixtures/cached-catalog.ts";
import { startMesh } from "../fixtures/mesh.ts";
import { idOf, orderOf, productOf, stepOf } from "../fixtures/services.ts";
import { subscriber } from "../fixtures/subscriber.ts";
import type { GatewayMiddleware } from "./calls/middleware.ts";

const input = encodeURIComponent(JSON.stringify({ id: idOf(1) }));

/** Starts a mesh whose catalog notes the active spans. */
async function start() {
  const recorded = recordTelemetry();
  const mesh = await startMesh({
    catalog: { getProduct: async ({ id }) => ({ product: productOf(id) }) },
  });
  const requests = () =>
    recorded.spans().filter(({ instrumentationScope }) => instrumentationScope.name === "@mesh/gateway");
  return { ...mesh, recorded, requests };
}

test("a request has a span, and the call of the service is its child", async () => {
  const { url, recorded, requests } = await start();
  await fetch(`${url}/trpc/catalog.getProduct?input=${input}`);
  await vi.waitFor(() => expect(requests()).toHaveLength(1));
  const [request] = requests();
  expect(request).toMatchObject({ name: "GET /trpc/catalog.getProduct", kind: SpanKind.SERVER });
  expect(request?.attributes).toEqual({
    "http.request.method": "GET",
    "url.scheme": "http",
    "http.route": "/trpc/catalog.getProduct",
    "http.response.status_code": 200,
  });
  const call = recorded.spans().find(({ kind }) => kind === SpanKind.CLIENT);
  expect(call?.name).toBe("catalog.v1.CatalogService/GetProduct");
  expect(call?.parentSpanContext?.spanId).toBe(request?.spanContext().spanId);
});

test("routes are those of contracts and batches, never paths", async () => {
  const { url, recorded } = await start();
  const get = async (path: string, init?: RequestInit) => (await fetch(`${url}${path}`, init)).text();
  await get(`/v1/products/${idOf(1)}`);
  await get(`/v1/products/${idOf(2)}`);
  await get(`/trpc/catalog.getProduct,catalog.getProduct?batch=1`);
  await get("/trpc/random.path1");
  await get("/trpc/toString");
  await get("/random/path2");
  await get("/livez");
  await get("/livez", { method: "PROPFIND" });
  await vi.waitFor(async () => {
    const points = await recorded.points("http.server.request.duration");
    const count = (route: string | undefined) =>
      points.filter(({ attributes }) => attributes["http.route"] === route).reduce((sum, { value }) => sum + value, 0);
    expect(count("/v1/products/{id}")).toBe(2);
    expect(count("/trpc/{procedures}")).toBe(1);
    expect(count("/livez")).toBe(2);
    expect(count(undefined)).toBe(3);
    expect(points.reduce((sum, { value }) => sum + value, 0)).toBe(8);
    expect(points.find(({ attributes }) => attributes["http.request.method"] === "_OTHER")).toMatchObject({
      attributes: { "http.response.status_code": 405, "http.route": "/livez" },
    });
  });
  expect((await recorded.metric("http.server.request.duration"))?.descriptor.unit).toBe("s");
  expect(JSON.stringify(recorded.spans().map(({ name, attributes }) => ({ name, attributes })))).not.toMatch(/random/);
});

test("an error of the server has its status as its class", async () => {
  const recorded = recordTelemetry();
  const { url } = await startMesh({
    catalog: {
      getProduct: async () => {
        throw new TypeError("hunter2");
      },
    },
  });
  await fetch(`${url}/trpc/catalog.getProduct?input=${input}`);
  const isRequest = ({ name }: { name: string }) => name.startsWith("GET");
  await vi.waitFor(() => expect(recorded.spans().filter(isRequest)).toHaveLength(1));
  const [request] = recorded.spans().filter(isRequest);
  expect(request?.attributes).toMatchObject({ "error.type": "500", "http.response.status_code": 500 });
  expect(request?.status).toEqual({ code: SpanStatusCode.ERROR });
});

test("the span of a request is active in procedures written by hand, and a page's trace goes on", async () => {
  const recorded = recordTelemetry();
  const active: (string | undefined)[] = [];
  const note: GatewayMiddleware = async (_call, next) => {
    active.push(trace.getActiveSpan()?.spanContext().traceId);
    return next();
  };
  const { url } = await startMesh({}, { middleware: [note] });
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, tracestate: "vendor=1" };
  await fetch(`${url}/trpc/catalog.getProduct?input=${input}`, { headers });
  expect(active).toEqual([traceId]);
  await vi.waitFor(() => expect(recorded.spans().at(-1)?.spanContext()).toMatchObject({ traceId }));
  expect(recorded.spans().every((span) => span.spanContext().traceState?.serialize() === "vendor=1")).toBe(true);
});

test("open subscriptions are counted when metrics are collected", async () => {
  const recorded = recordTelemetry();
  const { url } = await startMesh({
    orders: {
      async *watchOrder({ id }, { signal }) {
        yield stepOf(orderOf(id, idOf(9), idOf(1)), 1);
        if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      },
    },
  });
  const count = async () => (await recorded.points("typemesh.gateway.subscriptions")).map(({ value }) => value);
  expect(await count()).toEqual([0]);
  const { trpc } = openBrowser(url);
  await trpc.catalog.getProduct.query({ id: idOf(1) });
  const watching = subscriber((callbacks) => trpc.orders.watchOrder.subscribe({ id: idOf(1) }, callbacks));
  await vi.waitFor(async () => expect(await count()).toEqual([1]), { timeout: 10_000 });
  watching.unsubscribe();
  await vi.waitFor(async () => expect(await count()).toEqual([0]), { timeout: 10_000 });
});

test("responses that were kept, and those that were not, are counted when metrics are collected", async () => {
  const recorded = recordTelemetry();
  const { url } = await startMesh({}, { services: cachedCatalog({}, []) });
  for (let request = 0; request < 3; request += 1) await fetch(`${url}/v1/products/${idOf(1)}`);
  const common = {
    "typemesh.cache.name": "responses",
    "typemesh.cache.group": "/catalog.v1.CatalogService/GetProduct",
  };
  expect(await recorded.points("typemesh.cache.lookups")).toEqual([
    { attributes: { ...common, "typemesh.cache.result": "hit" }, value: 2 },
    { attributes: { ...common, "typemesh.cache.result": "miss" }, value: 1 },
  ]);
});
