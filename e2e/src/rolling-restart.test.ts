import { setTimeout as sleep } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";
import { CatalogService } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { connectBus, natsDiscovery } from "@mesh/events/registry";
import { connect } from "@mesh/rpc";
import { createLogger } from "@mesh/runtime";
import { patiently, type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createShopper, orderOf, type Shopper } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const services = ["catalog", "inventory", "orders", "payments"];

/**
 * The calls that begin each second, whether or not earlier ones have ended. Two cores bear 250 without a rejected call; a machine that
 * runs other tests too bears less.
 */
const callsPerSecond = 60;

let mesh: RunningMesh;
let shopper: Shopper;

beforeAll(async () => {
  mesh = await startMesh({ replicas: Object.fromEntries(services.map((name) => [name, 3])) });
  // A call that finds no service is a failure. One that is rejected or late, because the machine is busy, is made again.
  shopper = createShopper(mesh.gatewayUrl, { isStrict: true });
});

afterAll(() => mesh?.close());

/** Begins calls in turn, at a rate, until the work is done. Returns how many, and those that failed. */
async function callDuring(calls: readonly (() => Promise<unknown>)[], work: Promise<unknown>) {
  let isDone = false;
  const failures: unknown[] = [];
  const made: Promise<unknown>[] = [];
  const beganAt = performance.now();
  const calling = (async () => {
    while (!isDone) {
      const due = ((performance.now() - beganAt) / 1_000) * callsPerSecond;
      while (made.length < due) {
        const call = calls[made.length % calls.length]?.();
        made.push(Promise.resolve(call).catch((error: unknown) => failures.push(error)));
      }
      await sleep(5);
    }
  })();
  await work.finally(() => {
    isDone = true;
  });
  await calling;
  await Promise.all(made);
  return { made: made.length, failures };
}

/** Connects to services by the registry, as a service inside of the mesh does, until the test ends. */
function openClients() {
  const log = createLogger({ name: "caller", level: "silent" });
  const bus = connectBus({ url: mesh.nats.url, name: "caller", log });
  const address = natsDiscovery({ bus, log });
  const options = { address, credentials: mesh.credentials };
  const [catalog, inventory] = [connect(CatalogService, options), connect(InventoryService, options)];
  onTestFinished(async () => {
    await Promise.all([catalog.close(), inventory.close()]);
    await address.close();
    await bus.close();
  });
  return { catalog: catalog.client, inventory: inventory.client };
}

/** Makes a call again that was rejected or late because the machine is busy, and not one that found no service. */
function unlessBusy(call: () => Promise<unknown>): Promise<unknown> {
  return patiently(() => call().catch(failUnavailable));
}

function failUnavailable(error: unknown): never {
  if (error instanceof MeshError && error.code === "UNAVAILABLE") throw new Error(error.message, { cause: error });
  throw error;
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
  const { catalog, inventory } = openClients();
  const calls = [
    () => unlessBusy(() => catalog.getProduct({ id: productId })),
    () => unlessBusy(() => inventory.getStock({ productId })),
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
