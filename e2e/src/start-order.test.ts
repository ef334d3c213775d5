import { OrderStatus } from "@mesh/contracts/orders/v1";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createShopper, orderOf } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

/** The gateway exposes methods of all of them, and reports the state of each. */
const services = ["catalog", "inventory", "orders", "payments"];

let mesh: RunningMesh;
let productId: string;

beforeAll(async () => {
  mesh = await startMesh({ ownPostgres: true, registry: true });
  productId = await putOnSale(mesh, "First", 1_000n);
});

afterAll(() => mesh?.close());

/** The parts of a mesh, and how each is stopped and started. */
const parts: Record<string, { stop(): Promise<unknown>; start(): Promise<unknown> }> = {
  ...Object.fromEntries(
    [...services, "gateway"].map((name) => [
      name,
      { stop: async () => mesh.apps[name]?.kill("SIGTERM"), start: async () => mesh.apps[name]?.start() },
    ]),
  ),
  NATS: { stop: () => mesh.nats.stop(), start: () => mesh.nats.restart() },
  PostgreSQL: { stop: async () => mesh.postgres?.stop(), start: async () => mesh.postgres?.restart() },
};

/** Returns what the gateway reports: its status, and the services that are not ready. */
async function health(): Promise<{ status: number; missing: string[] } | undefined> {
  const response = await fetch(`${mesh.gatewayUrl}/healthz`).catch(() => undefined);
  if (!response) return undefined;
  const state: { services: Record<string, { ready: boolean }> } = await response.json();
  const missing = Object.entries(state.services).flatMap(([name, { ready }]) => (ready ? [] : [name]));
  return { status: response.status, missing: missing.sort() };
}

const statusOf = async (path: string) => (await fetch(`${mesh.gatewayUrl}${path}`).catch(() => undefined))?.status;

/** Without NATS no process is found, and without PostgreSQL no service is ready. Without itself, the gateway reports nothing. */
const expected: Record<string, Awaited<ReturnType<typeof health>>> = {
  ...Object.fromEntries(services.map((name) => [name, { status: 503, missing: [name] }])),
  NATS: { status: 503, missing: services },
  PostgreSQL: { status: 503, missing: services },
  gateway: undefined,
};

it.each(Object.keys(parts))(
  "everything works if %s starts last, and until then the gateway reports what is missing",
  async (last) => {
    await Promise.all(services.concat("gateway").map((name) => parts[name]?.stop()));
    await parts[last]?.stop();
    // Some are ready only when the last one is there.
    const starting = Object.keys(parts)
      .filter((name) => name !== last && name !== "NATS" && name !== "PostgreSQL")
      .map((name) => parts[name]?.start());
    await expect.poll(health).toEqual(expected[last]);
    if (last !== "gateway") {
      expect(await statusOf("/livez")).toBe(200);
      const canRead = !["catalog", "NATS", "PostgreSQL"].includes(last);
      await expect.poll(() => statusOf(`/v1/products:batchGet?ids=${productId}`)).toBe(canRead ? 200 : 503);
    }
    await parts[last]?.start();
    await Promise.all(starting);
    await expect.poll(health).toEqual({ status: 200, missing: [] });
    const shopper = createShopper(mesh.gatewayUrl);
    const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
    const state = async () => (await shopper.orders.getOrder.query({ id: order?.id ?? "" })).order?.status;
    await expect.poll(state).toBe(OrderStatus.ORDER_STATUS_CONFIRMED);
  },
  240_000,
);

it("a gateway without any of its services answers what needs none, and says that all are missing", async () => {
  await Promise.all(services.concat("gateway").map((name) => parts[name]?.stop()));
  const starting = parts.gateway?.start();
  await expect.poll(health).toEqual({ status: 503, missing: services });
  expect(await statusOf("/livez")).toBe(200);
  expect(await statusOf("/openapi.json")).toBe(200);
  expect(await statusOf(`/v1/products:batchGet?ids=${productId}`)).toBe(503);
  expect(await statusOf("/v1/products/no-id")).toBe(400);
  await Promise.all(services.map((name) => parts[name]?.start()));
  await starting;
  await expect.poll(health).toEqual({ status: 200, missing: [] });
}, 240_000);
