import { cp, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createBundler, programFolder } from "@mesh/dev";
import { openSql, type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Clone, openClone } from "./clone.ts";
import { callInTurnDuring, Retries } from "./during.ts";
import { createShopper, orderOf } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const root = join(import.meta.dirname, "../..");
const page = await readFile(join(root, "docs/migrations.md"), "utf8");
/** The statements of the page: of filling, of the second version, and of the last one. */
const [fill = "", keepColumn = "", dropColumn = ""] = [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => sql);

let clone: Clone;
let orders: string;
let mesh: RunningMesh;

/** A change of a file of orders: each text is replaced by the one after it. */
type Edit = readonly [file: string, before: string, after: string];

beforeAll(async () => {
  clone = await openClone();
  orders = join(clone.root, "services/orders");
  await build("1");
  await edit(
    [
      "schema.ts",
      `name: text("name").notNull(),\n    quantity`,
      `name: text("name").notNull(),\n    productName: text("product_name"),\n    quantity`,
    ],
    [
      "store.ts",
      "{ orderId: order.id, position, productId, name, quantity",
      "{ orderId: order.id, position, productId, name, productName: name, quantity",
    ],
    [
      "store.ts",
      ".map(({ productId, name, quantity, unitPriceMinorUnits: minorUnits }) => {",
      ".map(({ productId, name: old, productName, quantity, unitPriceMinorUnits: minorUnits }) => {\n        const name = productName ?? old;",
    ],
  );
  await migration("add_product_name");
  await build("2");
  await edit(
    ["schema.ts", `name: text("name").notNull(),\n    productName`, "productName"],
    ["store.ts", "productId, name, productName: name, quantity", "productId, productName: name, quantity"],
    ["store.ts", "{ productId, name: old, productName, quantity, unit", "{ productId, productName, quantity, unit"],
    ["store.ts", "productName ?? old", `productName ?? ""`],
  );
  await writeFile(await migration("switch_product_name"), keepColumn);
  await build("3");
  await edit(["schema.ts", `text("product_name")`, `text("product_name").notNull()`]);
  const last = await migration("require_product_name");
  await writeFile(last, `${await readFile(last, "utf8")}\n--> statement-breakpoint\n${dropColumn}`);
  await build("4");
  await use("1");
  const programOf = ({ name, folder }: { readonly name: string; readonly folder: string }) =>
    name === "orders"
      ? join(orders, "versions/current", programFolder, "main.js")
      : join(folder, programFolder, "main.js");
  mesh = await startMesh({ replicas: { orders: 2 }, programOf, env: { SHUTDOWN_MS: "15000" } });
});
afterAll(async () => {
  await mesh?.close();
  await clone?.[Symbol.asyncDispose]();
});

async function edit(...edits: readonly Edit[]): Promise<void> {
  for (const [file, before, after] of edits) {
    const path = join(orders, "src", file);
    const text = await readFile(path, "utf8");
    if (text.split(before).length !== 2) throw new Error(`${file} does not have this once: ${before}`);
    await writeFile(path, text.replace(before, after));
  }
}

/** Writes a migration by the command of the page. Returns its file. */
async function migration(name: string): Promise<string> {
  const command = `npm run migration -- orders ${name}`;
  expect(page).toContain(command);
  const [program = "", ...args] = command.split(" ");
  const { code, output } = await clone.call(program, args);
  if (code !== 0) throw new Error(output);
  const file = (await readdir(join(orders, "migrations"))).find((one) => one.endsWith(`_${name}.sql`));
  return join(orders, "migrations", file ?? "none was written");
}

/** Builds orders as it is now, and keeps the build with its migrations. */
async function build(version: string): Promise<void> {
  const { errors } = await createBundler(clone.root, orders).build();
  expect(errors).toEqual([]);
  for (const folder of [programFolder, "migrations"]) {
    await cp(join(orders, folder), join(orders, "versions", version, folder), { recursive: true });
  }
}

/** Chooses the version with which processes of orders start. */
async function use(version: string): Promise<void> {
  const link = join(orders, "versions/current");
  await symlink(version, `${link}.new`);
  await rename(`${link}.new`, link);
}

/** Replaces the replicas one after the other. While the first one has the new version, the other has the old one. */
async function rollOut(version: string): Promise<void> {
  await use(version);
  for (const name of ["orders-1", "orders-2"]) {
    await mesh.apps[name]?.kill("SIGTERM");
    await mesh.apps[name]?.start();
  }
}

test("a column is renamed in three releases, one of which is rolled back, without a failed call", async ({
  annotate,
}) => {
  const retries = new Retries();
  const shopper = createShopper(mesh.gatewayUrl, { onRetry: (code) => retries.add(code) });
  const productId = await putOnSale(mesh, "Renamed", 100_000n);
  const placed: string[] = [];
  const place = async () => {
    const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
    placed.push(order?.id ?? "");
    expect(order?.lines.map(({ name }) => name)).toEqual(["Renamed"]);
  };
  await place();
  await using sql = await openSql(mesh.databaseUrlOf("orders"));
  const releases = async () => {
    await rollOut("2");
    await sql.run(fill);
    expect(await sql.run("select 1 from order_lines where product_name is null")).toEqual([]);
    for (const version of ["3", "2", "3", "4"]) await rollOut(version);
  };
  const read = async () => {
    const id = placed[Math.floor(Math.random() * placed.length)] ?? "";
    const { order } = await shopper.orders.getOrder.query({ id });
    expect(order?.lines.map(({ name }) => name)).toEqual(["Renamed"]);
  };
  const { made, failures } = await callInTurnDuring(releases(), [
    place,
    read,
    () => shopper.orders.listOrders.query({}),
  ]);
  await annotate(`${made} calls, made again because the machine was busy: ${retries}`);
  expect(failures).toEqual([]);
  expect(made).toBeGreaterThan(100);
  const columns = await sql.run(
    "select column_name as name from information_schema.columns where table_name = 'order_lines'",
  );
  expect(columns).toContainEqual({ name: "product_name" });
  expect(columns).not.toContainEqual({ name: "name" });
  expect(mesh.apps["orders-1"]?.output()).toContain("the database is newer than this code");
  const stock = async () => (await shopper.inventory.getStock.query({ productId })).stock;
  const available = 100_000n - BigInt(placed.length);
  await expect.poll(stock, { timeout: 120_000 }).toEqual({ productId, available, reserved: 0n });
}, 600_000);
