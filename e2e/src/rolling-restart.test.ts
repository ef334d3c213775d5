import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createShopper, orderOf, type Shopper } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const services = ["catalog", "inventory", "orders", "payments"];

let mesh: RunningMesh;
let shopper: Shopper;

beforeAll(async () => {
  mesh = await startMesh({ replicas: Object.fromEntries(services.map((name) => [name, 3])) });
  shopper = createShopper(mesh.gatewayUrl);
});

afterAll(() => mesh?.close());

/** Makes calls in turn, several callers at a time, until the work is done. Returns how many, and those that failed. */
async function callDuring(calls: readonly (() => Promise<unknown>)[], work: Promise<unknown>) {
  let isDone = false;
  let made = 0;
  const failures: unknown[] = [];
  const caller = async () => {
    while (!isDone) {
      await calls[made++ % calls.length]?.().catch((error: unknown) => failures.push(error));
    }
  };
  const callers = Array.from({ length: 8 }, caller);
  await work.finally(() => {
    isDone = true;
  });
  await Promise.all(callers);
  return { made, failures };
}

async function restartAll(): Promise<void> {
  for (const name of services.flatMap((service) => [1, 2, 3].map((replica) => `${service}-${replica}`))) {
    await mesh.apps[name]?.kill("SIGTERM");
    await mesh.apps[name]?.start();
  }
}

it("restarts all replicas of all services, one after the other, without a failed call or a lost order", async () => {
  const productId = await putOnSale(mesh, "Rolling", 100_000n);
  const first = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
  const id = first.order?.id ?? "";
  const placed = new Set([id]);
  const calls = [
    () => shopper.catalog.getProduct.query({ id: productId }),
    () => shopper.inventory.getStock.query({ productId }),
    () => shopper.orders.getOrder.query({ id }),
    async () => {
      const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
      placed.add(order?.id ?? "");
    },
  ];
  const { made, failures } = await callDuring(calls, restartAll());
  expect(failures).toEqual([]);
  expect(made).toBeGreaterThan(100);
  const available = 100_000n - BigInt(placed.size);
  const stock = async () => (await shopper.inventory.getStock.query({ productId })).stock;
  await expect.poll(stock, { timeout: 120_000 }).toEqual({ productId, available, reserved: 0n });
}, 480_000);
