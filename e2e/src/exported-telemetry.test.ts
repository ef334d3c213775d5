import { randomUUID } from "node:crypto";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parseMetrics, type Series } from "../fixtures/metrics-page.ts";
import { type OtlpReceiver, openOtlpReceiver, type ReceivedSpan } from "../fixtures/otlp-receiver.ts";
import { createShopper, orderOf, watchOrder } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

let mesh: RunningMesh;
let receiver: OtlpReceiver;

const patience = { timeout: 60_000, interval: 50 };
/** A span of a page. */
const page = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };

beforeAll(async () => {
  receiver = await openOtlpReceiver();
  mesh = await startMesh({
    env: {
      METRICS_PORT: "0",
      MESH_VERSION: "1.2.3",
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20token",
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=test",
      OTEL_BSP_SCHEDULE_DELAY: "100",
    },
  });
});
afterAll(async () => {
  await mesh?.close();
  await receiver?.[Symbol.asyncDispose]();
});

/** Places an order with the trace of a page, and follows it until it is confirmed. */
async function buy(): Promise<void> {
  const productId = await putOnSale(mesh, "Kettle", 5n);
  const headers = { traceparent: `00-${page.traceId}-${page.spanId}-01` };
  const shopper = createShopper(mesh.gatewayUrl, { headers });
  const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
  await watchOrder(shopper, order?.id ?? "", ({ step }) => step?.event?.$case === "confirmed");
}

/** Reads the metrics of a process. */
async function scrape(app: string): Promise<Series[]> {
  const [, address] = /"address":"(\S+\/metrics)"/.exec(mesh.apps[app]?.output() ?? "") ?? [];
  const response = await fetch(address ?? `no address of ${app}`);
  expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return parseMetrics(await response.text());
}

const sumOf = (series: readonly Series[], name: string, labels: object = {}) =>
  series
    .filter((one) => one.name === name && expect.objectContaining(labels).asymmetricMatch(one.labels))
    .reduce((sum, { value }) => sum + value, 0);

test("a probe at the port of the metrics finds every process ready", async () => {
  for (const app of Object.values(mesh.apps)) {
    const [, address = ""] = /"address":"(\S+)\/metrics"/.exec(app.output()) ?? [];
    const probe = async (path: string) => (await fetch(`${address}${path}`)).status;
    expect(await Promise.all(["/livez", "/readyz"].map(probe))).toEqual([200, 200]);
  }
});

test("a trace goes from the page to the last consumer, over processes", async () => {
  await buy();
  const last = () => receiver.spans.find(({ name, traceId }) => traceId === page.traceId && name === lastName);
  const lastName = "process orders.v1.order_confirmed";
  await vi.waitFor(() => expect(ancestorsOf(last()).at(-1)).toMatch(/^gateway/), patience);
  expect(ancestorsOf(last())).toEqual([
    `inventory ${lastName}`,
    "orders publish orders.v1.order_confirmed",
    "orders TRANSACTION",
    "orders process payments.v1.payment_authorized",
    "payments publish payments.v1.payment_authorized",
    "payments TRANSACTION",
    "payments process orders.v1.order_placed",
    "orders publish orders.v1.order_placed",
    "orders TRANSACTION",
    "orders orders.v1.OrderService/PlaceOrder",
    "gateway orders.v1.OrderService/PlaceOrder",
    "gateway POST /trpc/orders.placeOrder",
  ]);
  const inTrace = receiver.spans.filter(({ traceId }) => traceId === page.traceId).map(({ name }) => name);
  expect(inTrace).toEqual(expect.arrayContaining(["INSERT outbox", "catalog.v1.CatalogService/BatchGetProducts"]));
  expect([...receiver.authorizations]).toEqual(["Bearer token"]);
  expect(Object.fromEntries(receiver.resources.get("orders") ?? [])).toMatchObject({
    "service.version": "1.2.3",
    "service.instance.id": expect.stringMatching(/^[\da-f-]{36}$/),
    "deployment.environment.name": "test",
  });
});

test("each process offers its metrics", async () => {
  await buy();
  const orders = await scrape("orders");
  const method = {
    rpc_method: "orders.v1.OrderService/PlaceOrder",
    rpc_status_code: "OK",
    typemesh_caller: "gateway",
  };
  expect(sumOf(orders, "rpc_server_call_duration_seconds_count", method)).toBeGreaterThanOrEqual(1);
  expect(sumOf(orders, "rpc_server_call_duration_seconds_bucket", { ...method, le: "+Inf" })).toBe(
    sumOf(orders, "rpc_server_call_duration_seconds_count", method),
  );
  expect(sumOf(orders, "typemesh_rpc_server_call_limit")).toBeGreaterThan(0);
  expect(orders.find(({ name }) => name === "typemesh_outbox_age_seconds")?.labels).toEqual({
    typemesh_service: "orders",
  });
  expect(orders.find(({ name }) => name === "typemesh_consumer_lag")).toMatchObject({
    labels: { messaging_consumer_group_name: expect.stringMatching(/^orders_payments_v1_/) },
    value: 0,
  });
  const full = async () =>
    expect(await scrape("orders")).toContainEqual(
      expect.objectContaining({ name: "typemesh_stream_fill_ratio", labels: { typemesh_stream: "orders_v1" } }),
    );
  await vi.waitFor(full, patience);
  const [target] = orders.filter(({ name }) => name === "target_info");
  expect(target?.labels).toMatchObject({ service_name: "orders", service_version: "1.2.3" });
  const gateway = await scrape("gateway");
  const route = { http_route: "/trpc/orders.placeOrder", http_response_status_code: "200" };
  expect(sumOf(gateway, "http_server_request_duration_seconds_count", route)).toBeGreaterThanOrEqual(1);
  const inventory = await scrape("inventory");
  const event = { messaging_destination_name: "orders.v1.order_confirmed" };
  expect(sumOf(inventory, "messaging_process_duration_seconds_count", event)).toBeGreaterThanOrEqual(1);
  expect((await scrape("catalog")).length).toBeGreaterThan(10);
  // Clients of the gateway can't read them.
  expect((await fetch(`${mesh.gatewayUrl}/metrics`)).status).toBe(404);
});

test("the number of series does not grow with what clients choose", async () => {
  const perRound = 40;
  const get = (path: string, init?: RequestInit) => fetch(mesh.gatewayUrl + path, init).then((one) => one.text());
  /** Makes requests whose ids, paths, methods, procedures, parameters and headers differ. */
  const request = async (round: string) => {
    for (let at = 0; at < perRound; at += 1) {
      const id = randomUUID();
      await get(`/v1/products/${id}`);
      await get(`/v1/${round}-${at}/${id}`);
      await get(`/${round}-${at}`, { method: `${round.toUpperCase()}${at}` }).catch(() => {});
      await get(`/${round}-${at}`, { method: ["PUT", "PROPFIND", "REPORT", "PURGE"][at % 4] ?? "" });
      await get(`/trpc/${round}-${at}.get`);
      await get(`/trpc/catalog.getProduct?input=${encodeURIComponent(JSON.stringify({ id }))}`);
      await get("/v1/products", { headers: { "user-agent": id, "x-forwarded-for": `10.0.0.${at}`, tracestate: id } });
      await get(`/v1/products?page_size=${at}&page_token=${id}`);
    }
    await buy();
  };
  const series = async () => {
    const all = (await Promise.all(Object.keys(mesh.apps).map(scrape))).flat();
    // Its ids are those of the processes.
    const others = all.filter(({ name }) => name !== "target_info" && !name.endsWith("_bucket"));
    return new Set(others.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`));
  };
  await request("first");
  const before = await series();
  await request("second");
  const after = await series();
  // A busy machine can add a status, or an attempt that failed.
  expect([...after].filter((one) => !before.has(one)).length).toBeLessThan(perRound / 2);
  expect([...after].join("\n")).not.toMatch(/first|second[^s]|[\da-f]{8}-[\da-f]{4}-/i);
  expect(after.size).toBeLessThan(1_500);
});

/** Returns the services and names of a span and of those above it that were received. */
function ancestorsOf(span: ReceivedSpan | undefined): string[] {
  if (!span) return [];
  const parent = receiver.spans.find(({ spanId }) => spanId === span.parentId);
  return [`${span.service} ${span.name}`, ...ancestorsOf(parent)];
}
