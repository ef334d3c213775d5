import { CatalogService } from "@mesh/contracts/testing/catalog/v1";
import { PaymentService, PaymentStatus } from "@mesh/contracts/testing/payments/v1";
import { connectBus, natsDiscovery } from "@mesh/events";
import { connect } from "@mesh/rpc";
import { createLifecycle } from "@mesh/runtime";
import { testNats } from "@mesh/testing";
import { absentHandlers, recordedLog } from "@mesh/testing/service";
import { expect, onTestFinished, test, vi } from "vitest";
import { openServices } from "./open-services.ts";
import { type Service, service } from "./service.ts";

const orderId = crypto.randomUUID();

/** Pays as often as a product exists, so that it needs the catalog for one of its methods. */
const payments = service(
  PaymentService,
  { peers: { catalog: CatalogService } },
  {
    ...absentHandlers(PaymentService),
    async getPayment() {
      const amount = { minorUnits: 1n, currency: "EUR" };
      const status = PaymentStatus.PAYMENT_STATUS_AUTHORIZED;
      return { payment: { id: orderId, orderId, amount, status, createdAt: new Date(0) } };
    },
    async refundPayment(_, { peers }) {
      await peers.catalog.listProducts({});
      throw new Error("there is nothing to refund");
    },
  },
);

const catalog = service(
  CatalogService,
  {},
  { ...absentHandlers(CatalogService), listProducts: async () => ({ products: [], nextPageToken: "", totalSize: 0n }) },
);

/** Opens services until the test ends. */
async function open(natsUrl: string, services: readonly Service[], advertise?: string) {
  const { log, logged } = recordedLog();
  const life = createLifecycle({ log });
  onTestFinished(() => life.close());
  const config = { host: "127.0.0.1", port: 0, natsUrl, peers: {}, drainMs: 100, ...(advertise && { advertise }) };
  const configured = services.map((one) => ({ service: one, settings: {} }));
  return { ...(await openServices(configured, config, { life, log })), life, logged };
}

/** Watches the addresses of services until the test ends. */
function watch(url: string, names: readonly string[]): Map<string, readonly string[]> {
  const bus = connectBus({ url, name: "test", log: recordedLog().log });
  const discovery = natsDiscovery({ bus, log: recordedLog().log });
  onTestFinished(async () => {
    await discovery.close();
    await bus.close();
  });
  const seen = new Map<string, readonly string[]>();
  for (const name of names) {
    discovery.watch(name, (replicas) =>
      seen.set(
        name,
        replicas.map(({ address }) => address),
      ),
    );
  }
  return seen;
}

test("services of a process are found at its address once they are open, and leave before they close", async () => {
  await using nats = await testNats();
  const seen = watch(nats.url, ["payments", "catalog"]);
  const { server, life } = await open(nats.url, [payments, catalog]);
  for (const name of ["payments", "catalog"]) await expect.poll(() => seen.get(name)).toEqual([server.address]);
  // The last replica of a service stays in the list for a while, because it may still answer.
  const other = await open(nats.url, [payments, catalog]);
  const both = [server.address, other.server.address].sort();
  for (const name of ["payments", "catalog"]) await expect.poll(() => seen.get(name)?.toSorted()).toEqual(both);
  await life.close();
  for (const name of ["payments", "catalog"]) await expect.poll(() => seen.get(name)).toEqual([other.server.address]);
});

test("a process is found where MESH_ADVERTISE says", async () => {
  await using nats = await testNats();
  const seen = watch(nats.url, ["catalog"]);
  const { server } = await open(nats.url, [catalog], "catalog.example");
  await expect.poll(() => seen.get("catalog")).toEqual([`catalog.example:${server.port}`]);
});

test("without NATS a service is ready, and only calls that need another one fail, until NATS is there", async () => {
  await using nats = await testNats();
  await nats.stop();
  const { server, health } = await open(nats.url, [payments]);
  await open(nats.url, [catalog]);
  expect(health.ready()).toBe(true);
  const upstream = connect(PaymentService, { address: server.address });
  onTestFinished(() => upstream.close());
  expect((await upstream.client.getPayment({ orderId })).payment?.id).toBe(orderId);
  const refund = () => upstream.client.refundPayment({ orderId }).catch((error: unknown) => error);
  expect(await refund()).toMatchObject({ code: "UNAVAILABLE", message: expect.stringContaining("catalog") });
  await nats.restart();
  // What the handler throws once the catalog was called.
  await vi.waitFor(async () => expect(await refund()).toMatchObject({ code: "INTERNAL" }), 60_000);
  await expect.poll(() => health.warnings()).toEqual({});
});
