import { CatalogService } from "@mesh/contracts/catalog/v1";
import { connect } from "@mesh/rpc";
import { type MeshApp, type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createShopper, orderOf, type Shopper } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

let mesh: RunningMesh;
let shopper: Shopper;

beforeAll(async () => {
  mesh = await startMesh({ replicas: { catalog: 2, orders: 2, gateway: 2 }, env: { LOG_LEVEL: "debug" } });
  shopper = createShopper(mesh.gatewayUrl);
});

afterAll(() => mesh?.close());

function appOf(name: string): MeshApp {
  const app = mesh.apps[name];
  if (!app) throw new Error(`the mesh has no ${name}, only ${Object.keys(mesh.apps)}`);
  return app;
}

/** Returns when a process handled calls of a method, in milliseconds since the epoch: its log has a line for each. */
function callsOf(app: MeshApp, method: string): number[] {
  const lines = app
    .output()
    .split("\n")
    .filter((line) => line.includes(method) && line.includes('"msg":"call"'));
  return lines.map((line) => JSON.parse(line).time as number);
}

/** Reads a product continuously, by a method without a cache, without retries, until the test ends. */
function readContinuously(id: string): { untilSuccessive(count: number): Promise<void> } {
  let [successive, isOver] = [0, false];
  const read = async () => (await fetch(`${mesh.gatewayUrl}/v1/products:batchGet?ids=${id}`)).status === 200;
  const reading = (async () => {
    while (!isOver) successive = (await read()) ? successive + 1 : 0;
  })();
  onTestFinished(async () => {
    isOver = true;
    await reading;
  });
  return {
    async untilSuccessive(count) {
      successive = 0;
      await expect.poll(() => successive).toBeGreaterThanOrEqual(count);
    },
  };
}

it("calls every replica, none that was killed, and a new one", async () => {
  const id = await putOnSale(mesh, "Replicated", 10n);
  const reading = readContinuously(id);
  const [first, second] = [appOf("catalog-1"), appOf("catalog-2")];
  await expect
    .poll(() => Math.min(callsOf(first, "BatchGetProducts").length, callsOf(second, "BatchGetProducts").length))
    .toBeGreaterThan(10);

  await first.kill("SIGKILL");
  // Every other call would fail.
  await reading.untilSuccessive(200);

  const third = await mesh.addReplica("catalog");
  await expect.poll(() => callsOf(third, "BatchGetProducts").length).toBeGreaterThan(10);
  await first.start();
  const before = callsOf(first, "BatchGetProducts").length;
  await expect.poll(() => callsOf(first, "BatchGetProducts").length).toBeGreaterThan(before + 10);
});

it("shares the work of events and tasks between replicas: each order is confirmed once", async () => {
  const productId = await putOnSale(mesh, "Shared", 100n);
  const place = async () =>
    (await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]))).order?.id ?? "";
  const ids = await Promise.all(Array.from({ length: 10 }, place));
  const stock = async () => (await shopper.inventory.getStock.query({ productId })).stock;
  await expect.poll(stock).toEqual({ productId, available: 90n, reserved: 0n });
  expect(new Set(ids).size).toBe(10);
});

it("serves what needs no other service while NATS is down at the start, and everything once it is there", async () => {
  const productId = await putOnSale(mesh, "Cold", 10n);
  await Promise.all(Object.values(mesh.apps).map((app) => app.kill("SIGTERM")));
  await mesh.nats.stop();
  const services = Object.entries(mesh.apps).filter(([name]) => !name.startsWith("gateway"));
  await Promise.all(services.map(([, app]) => app.start()));
  const catalog = connect(CatalogService, { address: mesh.addressOf("catalog-1"), credentials: mesh.credentials });
  expect((await catalog.client.getProduct({ id: productId })).product?.id).toBe(productId);
  await catalog.close();

  const starting = appOf("gateway-1").start();
  const status = async (path: string) => (await fetch(`${mesh.gatewayUrl}${path}`).catch(() => undefined))?.status;
  await expect.poll(() => status("/livez")).toBe(200);
  expect(await status("/healthz")).toBe(503);
  const { detail } = await (await fetch(`${mesh.gatewayUrl}/v1/products/${productId}`)).json();
  expect(detail).toContain("catalog has no known replica");

  await mesh.nats.restart();
  await starting;
  const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
  expect(order?.id).toMatch(/^.{36}$/);
});
