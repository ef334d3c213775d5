import { type RunningMesh, startMesh } from "@mesh/testing";
import { openSql, type SqlConnection } from "@mesh/testing/sql";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { cookieJar, orderOf } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const seeded = 10_000n;

let mesh: RunningMesh;
let orders: SqlConnection;
let inventory: SqlConnection;

beforeAll(async () => {
  mesh = await startMesh();
  orders = await openSql(mesh.databaseUrlOf("orders"));
  inventory = await openSql(mesh.databaseUrlOf("inventory"));
});
afterAll(async () => {
  await orders?.[Symbol.asyncDispose]();
  await inventory?.[Symbol.asyncDispose]();
  await mesh?.close();
});

/** Returns a customer who leaves if an order takes longer than a time. */
function createCustomer() {
  const { fetch: fetchWithCookie } = cookieJar();
  return async (productId: string, leavesAfterMs: number): Promise<"placed" | "left" | "failed"> => {
    const body = JSON.stringify(orderOf([{ productId, quantity: 1 }], { paymentToken: "tok_slow" }));
    const headers = { "content-type": "application/json" };
    const signal = AbortSignal.timeout(Math.ceil(leavesAfterMs));
    const request = { method: "POST", headers, body, signal };
    const url = `${mesh.gatewayUrl}/v1/orders`;
    return fetchWithCookie(url, request).then(
      ({ ok }) => (ok ? "placed" : "failed"),
      () => "left",
    );
  };
}

/** Waits until the stock is what was there without the orders that exist, and nothing is reserved without an order. */
async function expectNoLeak(productId: string): Promise<void> {
  const sold = "select order_id as id from order_lines where product_id = $1";
  const reserved = `select r.order_id as id from reservations r join reservation_items i on i.order_id = r.order_id
    where i.product_id = $1 and r.status <> 'released'`;
  const idsOf = async (sql: SqlConnection, statement: string) => {
    return ((await sql.run(statement, [productId])) as { id: string }[]).map(({ id }) => id).sort();
  };
  // PlaceOrder has ten seconds, and its attempt is undone a second later.
  await expect
    .poll(
      async () => {
        const stored = await idsOf(orders, sold);
        const [stock] = (await inventory.run("select available from stock where product_id = $1", [productId])) as [
          { available: string },
        ];
        const isComplete = BigInt(stock.available) === seeded - BigInt(stored.length);
        const isReserved = JSON.stringify(await idsOf(inventory, reserved)) === JSON.stringify(stored);
        const open = await orders.run("select order_id from order_attempts");
        return { isComplete, isReserved, open };
      },
      { timeout: 25_000, interval: 250 },
    )
    .toEqual({ isComplete: true, isReserved: true, open: [] });
}

it("customers who leave while they order leave no stock reserved", async () => {
  const productId = await putOnSale(mesh, "Left", seeded);
  const customers = Array.from({ length: 27 }, createCustomer);
  const startedAt = performance.now();
  expect(await Promise.all(customers.map((place) => place(productId, 20_000)))).not.toContain("left");
  const usualMs = performance.now() - startedAt;
  const outcomes: string[] = [];
  for (let round = 0; round < 9; round++) {
    outcomes.push(...(await Promise.all(customers.map((place) => place(productId, Math.random() * usualMs)))));
  }
  expect([...new Set(outcomes)]).toEqual(expect.arrayContaining(["placed", "left"]));
  await expectNoLeak(productId);
}, 120_000);

it("a process of orders that is killed between the reservation and the order leaves no stock reserved", async () => {
  const productId = await putOnSale(mesh, "Killed", seeded);
  const customers = Array.from({ length: 16 }, createCustomer);
  const attempts = async () => (await orders.run("select order_id from order_attempts")).length;
  let abandoned = 0;
  for (let kill = 0; kill < 10 && abandoned === 0; kill++) {
    const placed = Promise.all(customers.map((place) => place(productId, 4_000)));
    await vi.waitFor(async () => expect(await attempts()).toBeGreaterThan(0), { interval: 1 });
    await mesh.apps.orders?.kill("SIGKILL");
    abandoned = await attempts();
    await mesh.apps.orders?.start();
    await placed;
  }
  expect(abandoned).toBeGreaterThan(0);
  await expectNoLeak(productId);
}, 120_000);
