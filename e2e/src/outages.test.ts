import { OrderStatus } from "@mesh/contracts/orders/v1";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { publishTo } from "../fixtures/publish-to.ts";
import { createShopper, orderOf, type Shopper } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

let mesh: RunningMesh;
let shopper: Shopper;
let productId: string;

beforeAll(async () => {
  mesh = await startMesh({ ownPostgres: true });
});

beforeEach(async () => {
  shopper = createShopper(mesh.gatewayUrl);
  productId = await putOnSale(mesh, "Outage", 1_000n);
});

afterAll(() => mesh?.close());

/** Places orders one after the other during an event, each until it is accepted, and returns their ids. */
async function orderDuring(count: number, event: () => Promise<void>): Promise<string[]> {
  const ids: string[] = [];
  const happened = event();
  while (ids.length < count) {
    // Every attempt uses the same key, so an attempt whose response was lost is the same order.
    const request = orderOf([{ productId, quantity: 1 }]);
    await expect
      .poll(async () => ids.push((await shopper.orders.placeOrder.mutate(request)).order?.id ?? ""), {
        timeout: 120_000,
      })
      .toBe(ids.length + 1);
  }
  await happened;
  return ids;
}

async function expectAllConfirmed(ids: readonly string[]): Promise<void> {
  const pending = async () => {
    const orders = await Promise.all(ids.map((id) => shopper.orders.getOrder.query({ id })));
    return orders.filter(({ order }) => order?.status !== OrderStatus.ORDER_STATUS_CONFIRMED).length;
  };
  await expect.poll(pending, { timeout: 120_000 }).toBe(0);
  const stock = async () => (await shopper.inventory.getStock.query({ productId })).stock;
  const available = 1_000n - BigInt(ids.length);
  await expect.poll(stock, { timeout: 120_000 }).toEqual({ productId, available, reserved: 0n });
  expect(new Set(ids).size).toBe(ids.length);
}

it("loses no order when NATS is killed and comes back under load", async () => {
  const ids = await orderDuring(40, async () => {
    await mesh.nats.kill();
    await mesh.nats.restart();
  });
  await expectAllConfirmed(ids);
}, 480_000);

it("takes orders and queries while NATS is down, and confirms the orders when it is back", async () => {
  await mesh.nats.kill();
  const ids = await orderDuring(3, async () => {});
  const { order } = await shopper.orders.getOrder.query({ id: ids[0] ?? "" });
  expect(order?.status).toBe(OrderStatus.ORDER_STATUS_PENDING);
  expect((await shopper.catalog.getProduct.query({ id: productId })).product?.id).toBe(productId);
  const health = await (await fetch(`${mesh.gatewayUrl}/healthz`)).json();
  expect(Object.values(health.services)).toEqual([{ ready: true }, { ready: true }, { ready: true }, { ready: true }]);
  await mesh.apps.orders?.kill("SIGTERM");
  await mesh.apps.orders?.start();
  ids.push(...(await orderDuring(1, async () => {})));
  await mesh.nats.restart();
  await expectAllConfirmed(ids);
}, 480_000);

it("loses no order when PostgreSQL is restarted under load", async () => {
  const ids = await orderDuring(40, async () => {
    await mesh.postgres?.stop();
    await mesh.postgres?.restart();
  });
  await expectAllConfirmed(ids);
}, 480_000);

it.each(["orders", "payments", "inventory"])(
  "loses no order when %s is killed and comes back under load",
  async (name) => {
    const ids = await orderDuring(20, async () => {
      await mesh.apps[name]?.kill("SIGKILL");
      await mesh.apps[name]?.start();
    });
    await expectAllConfirmed(ids);
  },
  480_000,
);

it("dead-letters a garbage event and handles the next one", async () => {
  const event = { subject: "orders.v1.order_placed", service: "orders", signer: "orders" };
  await publishTo(mesh, { ...event, payload: new Uint8Array([255, 255, 255]) });
  const ids = await orderDuring(1, async () => {});
  await expectAllConfirmed(ids);
  expect(mesh.apps.payments?.output()).toContain("dead-lettered an event");
});

it("reports that a service is unavailable, and recovers by itself", async () => {
  await mesh.apps.catalog?.kill("SIGKILL");
  await expect(shopper.catalog.batchGetProducts.query({ ids: [productId] })).rejects.toMatchObject({
    message: expect.stringContaining("catalog"),
    data: { code: "SERVICE_UNAVAILABLE" },
  });
  await mesh.apps.catalog?.start();
  await expect
    .poll(async () => (await shopper.catalog.batchGetProducts.query({ ids: [productId] })).products[0]?.id)
    .toBe(productId);
});
