import { CatalogService } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { connectBus, natsDiscovery } from "@mesh/events/registry";
import { connect } from "@mesh/rpc";
import { createLogger } from "@mesh/runtime";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { callDuring, importDuring, Retries, unlessBusy, watchSlowOrder } from "./during.ts";
import { createShopper, orderOf } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const services = ["catalog", "inventory", "orders", "payments"];

/**
 * The calls that begin each second, whether or not earlier ones have ended. `node bench/rolling.mjs` has higher rates, and repeats
 * nothing: a machine that runs other tests too would reject some.
 */
const callsPerSecond = 60;

let mesh: RunningMesh;

beforeAll(async () => {
  const replicas = Object.fromEntries(services.map((name) => [name, 2]));
  // As in production: on a busy machine, calls take longer than the second that tests have.
  mesh = await startMesh({ replicas, env: { SHUTDOWN_MS: "15000" } });
});

afterAll(() => mesh?.close());

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

/** Restarts each process in turn. `before` happens before each. */
async function restartAll(before: () => Promise<unknown>): Promise<void> {
  for (const name of services.flatMap((service) => [1, 2].map((replica) => `${service}-${replica}`))) {
    await before();
    await mesh.apps[name]?.kill("SIGTERM");
    await mesh.apps[name]?.start();
  }
}

it("restarts all replicas of all services, one after the other, without a failed call, a lost order or a lost step", async ({
  annotate,
}) => {
  const [retries, importRetries] = [new Retries(), new Retries()];
  const shopper = createShopper(mesh.gatewayUrl, { onRetry: (code) => retries.add(code) });
  const productId = await putOnSale(mesh, "Rolling", 100_000n);
  const first = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
  const id = first.order?.id ?? "";
  const placed = new Set([id]);
  const { catalog, inventory } = openClients();
  const calls = [
    () => unlessBusy(() => catalog.getProduct({ id: productId }), retries),
    () => unlessBusy(() => inventory.getStock({ productId }), retries),
    () => shopper.catalog.batchGetProducts.query({ ids: [productId] }),
    () => shopper.inventory.getStock.query({ productId }),
    () => shopper.orders.getOrder.query({ id }),
    async () => {
      const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
      placed.add(order?.id ?? "");
    },
  ];
  // Streams that are open from before each restart until after the last one.
  const watched: Awaited<ReturnType<typeof watchSlowOrder>>[] = [];
  onTestFinished(() => {
    for (const { end } of watched) end();
  });
  const restarting = restartAll(async () => watched.push(await watchSlowOrder(mesh.gatewayUrl, productId, retries)));
  const importing = importDuring(restarting, catalog, importRetries);
  const { made, failures } = await callDuring(restarting, calls, callsPerSecond);
  const imports = await importing;
  await annotate(`${made} calls, made again because the machine was busy: ${retries}`);
  await annotate(`${imports.imported.length} products imported, imports made again: ${importRetries}`);

  expect(failures).toEqual([]);
  expect(made).toBeGreaterThan(100);

  await expect.poll(() => watched.map(({ steps }) => steps), { timeout: 120_000 }).toEqual(watched.map(() => [1, 2]));
  expect(watched.flatMap((watch) => watch.failures)).toEqual([]);
  expect(watched).toHaveLength(8);

  expect(imports.failures).toEqual([]);
  expect(imports.imported.length).toBeGreaterThan(0);
  for (const imported of imports.imported) {
    expect((await unlessBusy(() => catalog.getProduct({ id: imported }), retries)).product?.name).toBe("Imported");
  }

  const available = 100_000n - BigInt(placed.size + watched.length);
  const stock = async () => (await shopper.inventory.getStock.query({ productId })).stock;
  await expect.poll(stock, { timeout: 120_000 }).toEqual({ productId, available, reserved: 0n });
}, 900_000);
