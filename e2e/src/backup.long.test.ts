import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { OrderStatus } from "@mesh/contracts/orders/v1";
import { createDatabase, dropDatabase } from "@mesh/dev";
import { openSql, type RunningMesh, startMesh } from "@mesh/testing";
import { connect } from "nats";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type SystemPostgres, startSystemPostgres, systemPostgresPrograms } from "../fixtures/system-postgres.ts";
import { createShopper, orderOf, type Shopper } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const root = join(import.meta.dirname, "../..");
const page = await readFile(join(root, "docs/backup.md"), "utf8");
const programs = await systemPostgresPrograms();
const about = programs ? "" : ": skipped, it needs Debian's package postgresql";

const stocked = 1_000_000n;

let postgres: SystemPostgres;
let mesh: RunningMesh;
let shopper: Shopper;
let productId: string;
/** The orders that a customer knows of. */
const placed: string[] = [];

beforeAll(async () => {
  if (!programs) return;
  postgres = await startSystemPostgres(programs);
  mesh = await startMesh({ postgresUrl: postgres.url });
  productId = await putOnSale(mesh, "Kept", stocked);
  shopper = createShopper(mesh.gatewayUrl);
});
afterAll(async () => {
  await mesh?.close();
  await postgres?.[Symbol.asyncDispose]();
});

/** Returns the command of the page that begins with a word. */
function command(word: string): string {
  const [found, ...more] = page.split("\n").filter((line) => line.trimStart().startsWith(`${word} `));
  if (!found || more.length > 0) throw new Error(`the page has no command ${word}, or several`);
  return found.trim();
}

/** Runs a command of the page for the database of an app. */
const shellOf = (app: string, text: string) =>
  postgres.shell(text, { NAME: app, DATABASE_URL: mesh.databaseUrlOf(app) });

async function rowsOf(app: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  await using sql = await openSql(mesh.databaseUrlOf(app));
  return (await sql.run(statement)) as readonly Record<string, unknown>[];
}

async function placeOne(): Promise<void> {
  const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
  placed.push(order?.id ?? "");
}

async function placeOrders(count: number): Promise<void> {
  for (let at = 0; at < count; at++) await placeOne();
}

const end = (...apps: readonly string[]) => Promise.all(apps.map((name) => mesh.apps[name]?.kill("SIGTERM")));
const start = (...apps: readonly string[]) => Promise.all(apps.map((name) => mesh.apps[name]?.start()));

/** Removes all streams but some, as `nats stream rm` does. */
async function removeStreams(...kept: readonly string[]): Promise<void> {
  const { host, username: user, password: pass } = new URL(mesh.nats.url);
  const nats = await connect({ servers: host, user, pass });
  const manager = await nats.jetstreamManager();
  for (const { config } of await manager.streams.list().next()) {
    if (!kept.includes(config.name)) await manager.streams.delete(config.name);
  }
  await nats.close();
}

/** Waits until every order of the database is paid once, and the stock fits. Returns the ids of the orders. */
async function expectAllPaid(): Promise<string[]> {
  const open = `select count(*)::int as count from orders where status <> ${OrderStatus.ORDER_STATUS_CONFIRMED}`;
  await expect.poll(() => rowsOf("orders", open), { timeout: 120_000 }).toEqual([{ count: 0 }]);
  const orders = (await rowsOf("orders", "select id::text from orders order by id")).map(({ id }) => String(id));
  const paid = "select order_id::text as id from payments order by order_id";
  expect((await rowsOf("payments", paid)).map(({ id }) => id)).toEqual(orders);
  const steps = "select order_id from order_steps group by order_id having count(*) <> 2";
  expect(await rowsOf("orders", steps)).toEqual([]);
  const stock = async () => (await shopper.inventory.getStock.query({ productId })).stock;
  // An order that was being placed at the instant of the backup has a reservation, which expires.
  const taken = async () => {
    const { available = 0n, reserved = 0n } = (await stock()) ?? {};
    return [stocked - available - reserved, reserved <= 1n];
  };
  await expect.poll(taken, { timeout: 120_000 }).toEqual([BigInt(orders.length), true]);
  return orders;
}

const handled = () => rowsOf("payments", "select message_id, handled_at from inbox order by message_id");

describe.skipIf(!programs)(`the page on backups${about}`, () => {
  test("streams that are lost are filled again by the databases, and no event has a second effect", async () => {
    await placeOrders(5);
    await expectAllPaid();
    const before = await handled();
    await end("payments");
    await placeOrders(5);
    const unsent = "select count(*)::int as count from outbox where sent_at is null";
    await expect.poll(() => rowsOf("orders", unsent)).toEqual([{ count: 0 }]);
    await removeStreams();
    await start("payments");
    expect(await expectAllPaid()).toEqual([...placed].sort());
    expect(await handled()).toEqual(expect.arrayContaining([...before]));
  });

  test("a backup of the server is of one instant under load, and a mesh goes on from it", async () => {
    // Events of these orders are in streams that are removed, and payments has not handled them at the time of the backup.
    await end("payments");
    await placeOrders(5);
    const before = [...placed];
    let isOver = false;
    const load = (async () => {
      while (!isOver) await placeOne();
    })();
    await postgres.shell(command("pg_basebackup"));
    await start("payments");
    const during = placed.length;
    await expect.poll(() => placed.length).toBeGreaterThan(during + 10);
    isOver = true;
    await load;
    const apps = Object.keys(mesh.apps);
    await end(...apps);
    await removeStreams();
    await postgres.restartWith("backup");
    const restartedAt = new Date();
    await start(...apps);
    const orders = await expectAllPaid();
    expect(orders).toEqual(expect.arrayContaining(before));
    const lost = placed.filter((id) => !orders.includes(id));
    expect(lost.length).toBeGreaterThan(10);
    // What the backup has as handled was skipped.
    const times = (await handled()).map(({ handled_at }) => handled_at as Date);
    const [kept, again] = [times.filter((at) => at < restartedAt), times.filter((at) => at >= restartedAt)];
    expect([kept.length, again.length]).toEqual([10, orders.length - 10]);
    await placeOrders(1);
    expect(await expectAllPaid()).toContain(placed.at(-1));
  });

  test("dumps of a mesh at rest are restored into empty databases, and the policy into an empty NATS", async () => {
    const folder = await mkdtemp(join(tmpdir(), "mesh-policy-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const env = { ...process.env, NATS_URL: mesh.nats.url, MESH_TLS_DIR: mesh.developerDir };
    const policy = (text: string) => promisify(execFile)("sh", ["-ec", text], { cwd: root, env });
    await policy(`echo '{"rules": [{"service": "catalog", "deadlineMs": 4000}]}' | npm run mesh -- policy set -`);
    const [, get = ""] = /`(npm run [^`]* policy get > )policy.json`/.exec(page) ?? [];
    await policy(`${get}${folder}/policy.json`);
    const apps = Object.keys(mesh.apps);
    const orders = await expectAllPaid();
    for (const app of apps) await shellOf(app, command("pg_dump"));
    await end(...apps);
    await removeStreams();
    for (const app of apps) {
      const name = new URL(mesh.databaseUrlOf(app)).pathname.slice(1);
      await dropDatabase(postgres.url, name);
      expect(await createDatabase(postgres.url, name)).toBe(mesh.databaseUrlOf(app));
      await shellOf(app, command("pg_restore"));
    }
    await start(...apps);
    await policy(`npm run mesh -- policy set ${folder}/policy.json`);
    expect((await policy("npm run --silent mesh -- policy get")).stdout).toContain("4000");
    expect(await expectAllPaid()).toEqual(orders);
    await placeOrders(1);
    expect(await expectAllPaid()).toContain(placed.at(-1));
  });
});
