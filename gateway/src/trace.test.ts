import { descriptorSet } from "@mesh/contracts/testing/descriptors";
import { OrderPlaced, OrderService } from "@mesh/contracts/testing/orders/v1";
import { PaymentAuthorized, PaymentService } from "@mesh/contracts/testing/payments/v1";
import { scopesOf } from "@mesh/contracts/testing/roles";
import type { EventTransaction } from "@mesh/events";
import { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";
import { createLifecycle } from "@mesh/runtime";
import { customerOf, on, openServices, service } from "@mesh/service";
import { testDatabase, testNats } from "@mesh/testing";
import { absentHandlers, testTokens } from "@mesh/testing/service";
import { recordTelemetry } from "@mesh/testing/telemetry";
import { type ReadableSpan, TraceIdRatioBasedSampler } from "@opentelemetry/sdk-trace-node";
import { expect, onTestFinished, test, vi } from "vitest";
import { openBrowser } from "../fixtures/browser.ts";
import { silent } from "../fixtures/mesh.ts";
import { services } from "../fixtures/router.ts";
import { idOf, orderOf, orderRequest } from "../fixtures/services.ts";
import { openGateway } from "./gateway.ts";
import { gatewaySettings } from "./settings.ts";

const amount = { minorUnits: 100n, currency: "EUR" };
/** Any schema with an outbox and an inbox. */
const store = {
  schema: { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents },
  migrations: new URL("../../shared/events/fixtures/service/migrations", import.meta.url),
};

/** Starts orders and payments in one process, and a gateway. Returns its URL, and the orders that were confirmed. */
async function start() {
  const confirmed: string[] = [];
  const orders = service(
    OrderService,
    { store, consumers: [on(PaymentAuthorized, async ({ orderId }) => void confirmed.push(orderId))] },
    {
      ...absentHandlers(OrderService),
      placeOrder: (_, context) =>
        context.db.transaction(async (tx) => {
          const [orderId, customerId] = [idOf(7), customerOf(context)];
          const order = { orderId, customerId, total: amount, paymentToken: "tok_ok", placedAt: new Date() };
          await tx.publish(OrderPlaced, order);
          return { order: orderOf(orderId, customerId, idOf(1)) };
        }),
    },
  );
  const payments = service(
    PaymentService,
    {
      store,
      consumers: [
        on(OrderPlaced, async ({ orderId }, { tx }: { tx: EventTransaction<typeof store.schema> }) => {
          await tx.publish(PaymentAuthorized, { orderId, paymentId: idOf(8), amount });
        }),
      ],
    },
    absentHandlers(PaymentService),
  );
  const log = silent;
  const life = createLifecycle({ log });
  const [nats, ...databases] = await Promise.all([testNats(), testDatabase(), testDatabase()]);
  onTestFinished(async () => {
    await life.close();
    for (const server of [nats, ...databases]) await server[Symbol.asyncDispose]();
  });
  const parts = [orders, payments].map((one, at) => ({ service: one, settings: {}, databaseUrl: databases[at]?.url }));
  const config = { host: "127.0.0.1", port: 0, natsUrl: nats.url, peers: {}, drainMs: 1_000 };
  const { server, health } = await openServices(parts, config, { life, log, tokens: await testTokens("orders") });
  await vi.waitFor(() => expect({ ...health.reasons(), ...health.warnings() }).toEqual({}), { timeout: 20_000 });
  const peers = ["catalog", "inventory", "orders", "payments"].map((name) => `${name}=${server.address}`);
  const settings = gatewaySettings({ PORT: "0", MESH_PEERS: peers.join(","), MESH_TLS: "off" }, services);
  const tokens = await testTokens("gateway");
  const gateway = await openGateway(settings, {
    life,
    log,
    tokens,
    services: { orders: OrderService },
    descriptorSet,
    scopesOf,
  });
  return { url: `http://127.0.0.1:${gateway.port}`, confirmed };
}

test("a request, the calls, statements and events that follow it, and the last consumer are one trace", async () => {
  const recorded = recordTelemetry();
  const { url, confirmed } = await start();
  await openBrowser(url).trpc.orders.placeOrder.mutate(orderRequest(7));
  const lastName = "process payments.v1.payment_authorized";
  const last = () => recorded.spans().find(({ name }) => name === lastName);
  await vi.waitFor(() => expect(last()).toBeDefined(), { timeout: 20_000 });
  expect(confirmed).toEqual([idOf(7)]);
  // From the last consumer up to the request.
  expect(ancestorsOf(last(), recorded.spans())).toEqual([
    lastName,
    "publish payments.v1.payment_authorized",
    "TRANSACTION",
    "process orders.v1.order_placed",
    "publish orders.v1.order_placed",
    "TRANSACTION",
    "orders.v1.OrderService/PlaceOrder",
    "orders.v1.OrderService/PlaceOrder",
    "POST /trpc/orders.placeOrder",
  ]);
  const inserts = recorded.spans().filter(({ name }) => name === "INSERT outbox");
  expect(inserts.map((span) => ancestorsOf(span, recorded.spans()).at(-1))).toEqual([
    "POST /trpc/orders.placeOrder",
    "POST /trpc/orders.placeOrder",
  ]);
});

test("nothing of a request that the sampler drops has a span", async () => {
  const recorded = recordTelemetry(new TraceIdRatioBasedSampler(0));
  const { url, confirmed } = await start();
  await openBrowser(url).trpc.orders.placeOrder.mutate(orderRequest(7));
  await vi.waitFor(() => expect(confirmed).toEqual([idOf(7)]), { timeout: 20_000 });
  expect(recorded.spans()).toEqual([]);
  expect(await recorded.points("messaging.process.duration")).toHaveLength(2);
});

/** Returns the names of a span and of those above it. */
function ancestorsOf(span: ReadableSpan | undefined, spans: readonly ReadableSpan[]): string[] {
  if (!span) return [];
  const parent = spans.find((one) => one.spanContext().spanId === span.parentSpanContext?.spanId);
  return [span.name, ...ancestorsOf(parent, spans)];
}
