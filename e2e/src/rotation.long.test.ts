import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFile, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { CatalogService } from "@mesh/contracts/catalog/v1";
import { createAuthority, issueCertificate } from "@mesh/dev/authority";
import { connect } from "@mesh/rpc";
import { openSql, type RunningMesh, startMesh } from "@mesh/testing";
import { connect as connectNats } from "nats";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { callInTurnDuring, Retries } from "./during.ts";
import { cookieJar, createShopper, orderOf, watchOrder } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const root = join(import.meta.dirname, "../..");
const page = await readFile(join(root, "docs/rotation.md"), "utf8");
const blocks = [...page.matchAll(/^( *)```(?:sh|sql)\n(.*?)^\1```$/gms)].map(([, , text = ""]) => text);
const [trustBoth = "", trustNew = "", addRole = "", lockRole = ""] = blocks;

const run = promisify(execFile);
const notAfter = new Date(Date.now() + 3_600_000);
const secrets = { old: `old${randomUUID()}${randomUUID()}`, new: `new${randomUUID()}${randomUUID()}` };

let mesh: RunningMesh;
let productId: string;

beforeAll(async () => {
  expect(blocks).toHaveLength(4);
  const env = { COOKIE_SECRET: secrets.old, SHUTDOWN_MS: "15000" };
  mesh = await startMesh({ registry: true, ownPostgres: true, replicas: { orders: 2 }, env });
  productId = await putOnSale(mesh, "Rotated", 1_000_000n);
});
afterAll(() => mesh?.close());

/** Does something while a customer orders. Returns what failed. */
async function whileOrdering(work: () => Promise<void>): Promise<unknown[]> {
  const retries = new Retries();
  const shopper = createShopper(mesh.gatewayUrl, { onRetry: (code) => retries.add(code) });
  const place = () => shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
  await place();
  const { made, failures } = await callInTurnDuring(work(), [place, () => shopper.orders.listOrders.query({})]);
  process.stdout.write(`${made} calls, made again because the machine was busy: ${retries}\n`);
  return failures;
}

const running = new Set(["orders-1", "orders-2"]);

/** Replaces the replicas of orders, one after the other, by ones with other settings. */
async function replaceOrders(env: Readonly<Record<string, string>>): Promise<void> {
  for (const name of [...running]) {
    const added = await mesh.addReplica("orders", env);
    running.add(Object.entries(mesh.apps).find(([, app]) => app === added)?.[0] ?? "");
    await mesh.apps[name]?.kill("SIGTERM");
    running.delete(name);
  }
}

test("the authority of a running mesh is replaced by the commands of the page", async () => {
  mesh.endRenewal();
  const tls = dirname(mesh.developerDir);
  const cwd = await mkdtemp(join(tmpdir(), "mesh-rotation-"));
  onTestFinished(() => rm(cwd, { recursive: true, force: true }));
  await symlink(tls, join(cwd, "tls"));
  const authority = await createAuthority({ notAfter });
  await copyFile(join(tls, "ca.crt"), join(cwd, "old.crt"));
  await writeFile(join(cwd, "new.crt"), authority.cert);
  const apps = Object.values(mesh.apps);
  const changes = () => apps.map((app) => app.output().split("the certificate was renewed").length - 1);
  // A file that is replaced while others are read is read again, so a step may be in the log twice.
  const isKnown = (step: number) => expect.poll(() => Math.min(...changes())).toBeGreaterThanOrEqual(step);
  const failures = await whileOrdering(async () => {
    await run("sh", ["-ec", trustBoth], { cwd });
    await isKnown(1);
    for (const name of [...new Set(Object.keys(mesh.apps).map((app) => app.replace(/-\d+$/, "")))]) {
      const { cert, key } = await issueCertificate(authority, { names: [name], notAfter });
      await writeFile(join(tls, name, "tls.key"), key);
      await writeFile(join(tls, name, "tls.crt"), cert);
    }
    await isKnown(2);
    await run("sh", ["-ec", trustNew], { cwd });
    await isKnown(3);
    // Calls go on without the old one.
    const shopper = createShopper(mesh.gatewayUrl);
    await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
  });
  expect(failures).toEqual([]);
  const catalog = connect(CatalogService, { address: mesh.addressOf("catalog"), credentials: mesh.credentials });
  onTestFinished(catalog.close);
  await expect(catalog.client.listProducts({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a customer is known to gateways with each list of secrets that the page allows at the same time", async () => {
  const lists = [...page.matchAll(/`COOKIE_SECRET=([a-z,]+)`/g)].map(([, list = ""]) => list);
  expect(lists).toEqual(["old,new", "new,old", "new"]);
  const urls = [mesh.gatewayUrl];
  for (const list of lists) {
    const secret = list.replace(/old|new/g, (name) => (name === "old" ? secrets.old : secrets.new));
    await mesh.addReplica("gateway", { COOKIE_SECRET: secret });
    urls.push(`http://${mesh.addressOf(`gateway-${urls.length}`)}`);
  }
  for (const [at, url] of urls.entries()) {
    const jar = cookieJar();
    const shopper = createShopper(url, { jar });
    const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
    const id = order?.id ?? "";
    // The gateways before and after it in the rollout.
    for (const other of urls.slice(Math.max(0, at - 1), at + 2)) {
      expect((await createShopper(other, { jar }).orders.getOrder.query({ id })).order?.id).toBe(id);
    }
  }
});

test("a service gets another user of PostgreSQL, by the statements of the page", async () => {
  const url = new URL(mesh.databaseUrlOf("orders"));
  const role = url.pathname.slice(1);
  const password = randomUUID();
  const mine = (sql: string) =>
    sql
      .replace("'new'", `'${password}'`)
      .replaceAll(/\borders(_2)?\b/g, `"${role}$1"`)
      .replaceAll(`'"${role}"'`, `'${role}'`);
  await using admin = await openSql(mesh.postgres?.adminUrl ?? "");
  const failures = await whileOrdering(async () => {
    await admin.run(mine(addRole));
    const DATABASE_URL = Object.assign(new URL(url), { username: `${role}_2`, password }).href;
    await replaceOrders({ DATABASE_URL });
    await admin.run(mine(lockRole));
    await using sql = await openSql(DATABASE_URL);
    expect(await sql.run("select current_user::text as name")).toEqual([{ name: role }]);
    settings.DATABASE_URL = DATABASE_URL;
  });
  expect(failures).toEqual([]);
  await expect(openSql(url.href)).rejects.toThrow(/not permitted to log in/);
});

/** The settings that orders has got so far. */
const settings: Record<string, string> = {};

test("a service gets another user of NATS, and the first one is removed", async () => {
  const file = join(mesh.nats.dir, "users.conf");
  const before = await readFile(file, "utf8");
  const { users } = JSON.parse(before.slice(before.indexOf(":") + 1)) as {
    users: { user: string; password: string }[];
  };
  const write = async (list: readonly object[]) => {
    await writeFile(file, `authorization: ${JSON.stringify({ users: list })}\n`);
    mesh.nats.reload();
  };
  const first = users.find(({ user }) => user === "orders");
  const text = JSON.stringify(first).replaceAll("_INBOX.orders.", "_INBOX.orders_2.");
  const second = { ...JSON.parse(text), user: "orders_2", password: randomUUID() };
  const failures = await whileOrdering(async () => {
    await write([...users, second]);
    const NATS_URL = Object.assign(new URL(mesh.nats.url), { username: second.user, password: second.password }).href;
    await replaceOrders({ ...settings, NATS_URL });
    await write([...users.filter((one) => one !== first), second]);
  });
  expect(failures).toEqual([]);
  // Events of the new user arrive, and get responses.
  const shopper = createShopper(mesh.gatewayUrl);
  const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
  await watchOrder(shopper, order?.id ?? "", ({ step }) => step?.event?.$case === "confirmed");
  const login = connectNats({
    servers: new URL(mesh.nats.url).host,
    user: first?.user ?? "",
    pass: first?.password ?? "",
  });
  await expect(login).rejects.toThrow(/Authorization/i);
});
