import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { openSql, type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createShopper, orderOf, watchOrder } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const root = join(import.meta.dirname, "../..");
const person = {
  email: "grace@forgotten.example",
  name: "Grace Forgotten",
  address: "1 Forgotten Lane",
  paymentToken: "tok_ok",
};
const apps = ["catalog", "gateway", "inventory", "orders", "payments"];

let mesh: RunningMesh;

beforeAll(async () => {
  mesh = await startMesh({ env: { LOG_LEVEL: "debug" } });
});
afterAll(() => mesh?.close());

/** Returns the tables in which a text is, also within bytes: `orders.outbox`. */
async function tablesWith(text: string): Promise<string[]> {
  const found = apps.map(async (app) => {
    await using sql = await openSql(mesh.databaseUrlOf(app));
    const names = await sql.run("select relname as name from pg_stat_user_tables where schemaname = 'public'");
    const has = async (name: unknown) => {
      const rows = await sql.run(
        `select 1 from "${name}" as one where one::text like '%' || $1 || '%' or one::text like '%' || encode($1::bytea, 'hex') || '%' limit 1`,
        [text],
      );
      return rows.length > 0 ? [`${app}.${name}`] : [];
    };
    const tables: string[] = [];
    for (const { name } of names as { name: string }[]) tables.push(...(await has(name)));
    return tables;
  });
  return (await Promise.all(found)).flat().sort();
}

/** Runs the command of the page for a customer. */
async function forget(customerId: string): Promise<unknown> {
  const page = await readFile(join(root, "docs/personal-data.md"), "utf8");
  const [, command = ""] = /```sh\n(npm run .*?)```/s.exec(page) ?? [];
  const text = command
    .replace("npm run mesh", "npm run --silent mesh")
    .replace(/(?<="customerId": ")[\da-f-]+/, customerId);
  const env = { ...process.env, NATS_URL: mesh.nats.url, MESH_TLS_DIR: mesh.developerDir };
  const address = ` --address ${mesh.addressOf("orders")}`;
  const { stdout } = await promisify(execFile)("sh", ["-ec", text.trimEnd() + address], { cwd: root, env });
  return JSON.parse(stdout);
}

test("a customer is removed from all tables but those of which the page says until when", async () => {
  const shopper = createShopper(mesh.gatewayUrl);
  const productId = await putOnSale(mesh, "Forgotten", 10n);
  const place = async () => {
    const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }], person));
    return { id: order?.id ?? "", customerId: order?.customerId ?? "" };
  };
  const paid = ({ id }: { readonly id: string }) =>
    watchOrder(shopper, id, ({ step }) => step?.event?.$case === "confirmed");
  const settled = await place();
  const { customerId } = settled;
  await paid(settled);
  // Without payments, an order is not settled.
  await mesh.apps.payments?.kill("SIGTERM");
  const open = await place();
  expect(await tablesWith(person.email)).toEqual(["orders.orders"]);
  expect(await tablesWith(customerId)).toEqual(expect.arrayContaining(["orders.orders", "orders.outbox"]));
  expect(await tablesWith(person.paymentToken)).toEqual(["orders.outbox", "payments.payments"]);

  expect(await forget(customerId)).toEqual({ isDone: false });
  await mesh.apps.payments?.start();
  await paid(open);
  expect(await forget(customerId)).toEqual({ isDone: true });
  for (const text of [person.email, person.name, person.address]) expect(await tablesWith(text)).toEqual([]);
  await expect.poll(() => tablesWith(person.paymentToken)).toEqual(["orders.outbox"]);
  // Events are there for a while, and their signatures name the customer.
  const remaining = await tablesWith(customerId);
  expect(remaining.filter((name) => !/\.(outbox|keyed_results|rate_limits)$/.test(name))).toEqual([]);
  expect((await shopper.orders.listOrders.query({})).orders).toEqual([]);
  const logs = Object.values(mesh.apps).map((app) => app.output());
  for (const text of Object.values(person)) expect(logs.filter((log) => log.includes(text))).toEqual([]);
});
