import { mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OrderService, OrderStatus } from "@mesh/contracts/orders/v1";
import { programFolder } from "@mesh/dev";
import { connect } from "@mesh/rpc";
import {
  buildApps,
  openSql,
  type RunningMesh,
  startMesh,
  type TestNatsCluster,
  type TestPostgres,
  testNatsCluster,
  testPostgres,
} from "@mesh/testing";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Namespaces, namespacesObstacle, openNamespaces } from "../fixtures/namespaces.ts";
import { type Clone, openClone } from "./clone.ts";
import { cookieJar, createShopper, orderOf } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const obstacle = namespacesObstacle();
const about = obstacle ? `: skipped, ${obstacle}` : "";
const services = ["catalog", "inventory", "orders", "payments"];
const stocked = 1_000_000n;
const root = join(import.meta.dirname, "../..");

let network: Namespaces;
let nats: TestNatsCluster;
let postgres: TestPostgres;
let mesh: RunningMesh;
let productId: string;
/** A folder with a link to each app, in its version. */
let links: string;
/** The next version. */
let clone: Clone;
const placed: string[] = [];

beforeAll(async () => {
  if (obstacle) return;
  network = await openNamespaces();
  links = await mkdtemp(join(tmpdir(), "mesh-versions-"));
  for (const name of [...services, "gateway"]) await use(name, root);
  clone = await openNextVersion();
  [nats, postgres] = await Promise.all([testNatsCluster(3, network.host), testPostgres(network.host)]);
  mesh = await startMesh({
    replicas: Object.fromEntries([...services, "gateway"].map((name) => [name, 2])),
    postgresUrl: postgres.adminUrl,
    placeOf: network.place,
    programOf: ({ name }) => join(links, name, programFolder, "main.js"),
    env: { NATS_URL: nats.url, STREAM_REPLICAS: "3", SHUTDOWN_MS: "15000" },
  });
  productId = await putOnSale(mesh, "Far away", stocked);
});
afterAll(async () => {
  await mesh?.close();
  await Promise.all([nats?.[Symbol.asyncDispose](), postgres?.[Symbol.asyncDispose]()]);
  await network?.[Symbol.asyncDispose]();
  await clone?.[Symbol.asyncDispose]();
  if (links) await rm(links, { recursive: true, force: true });
});

/** Chooses the repository from whose build the processes of an app start. */
async function use(name: string, repository: string): Promise<void> {
  const draft = join(links, `${name}.draft`);
  await symlink(join(repository, name === "gateway" ? name : `services/${name}`), draft);
  await rename(draft, join(links, name));
}

/** Builds a version whose orders and events have another field each. */
async function openNextVersion(): Promise<Clone> {
  const next = await openClone();
  const edits = [
    [
      "proto/orders/v1/orders.proto",
      "Timestamp refunded_at = 8;",
      "string note = 9 [(buf.validate.field).string.max_len = 100];",
    ],
    [
      "proto/orders/v1/orders.proto",
      "Timestamp placed_at = 5 [(buf.validate.field).required = true];",
      "string channel = 6 [(buf.validate.field).string.max_len = 100];",
    ],
    ["services/orders/src/store.ts", "refundedAt: refundedAt ?? undefined,", `note: "of the next version",`],
    ["services/orders/src/place-order.ts", "paymentToken: request.paymentToken,", `channel: "web",`],
  ] as const;
  for (const [file, line, added] of edits) {
    const text = await readFile(join(next.root, file), "utf8");
    if (text.split(line).length !== 2) throw new Error(`${file} does not have this once: ${line}`);
    await writeFile(join(next.root, file), text.replace(line, `${line}\n  ${added}`));
  }
  const { code, output } = await next.call("npm", ["run", "generate"]);
  if (code !== 0) throw new Error(output);
  await buildApps(next.root);
  return next;
}

/** Returns a `fetch` that asks the other gateway if one can't be reached, as a proxy in front of them does. */
function fetchByEither(): ReturnType<typeof cookieJar> {
  const jar = cookieJar();
  const gateways = ["gateway-1", "gateway-2"].map((name) => mesh.addressOf(name));
  const fetch: typeof jar.fetch = async (url, init) => {
    const other = gateways.find((address) => !String(url).includes(address)) ?? "";
    return jar.fetch(url, init).catch((error: unknown) => {
      if (!(error instanceof TypeError)) throw error;
      return jar.fetch(String(url).replace(/\/\/[^/]+/, `//${other}`), init);
    });
  };
  return { ...jar, fetch };
}

/** Places orders by both gateways until a signal, each again with the same key until it is accepted. Returns the errors. */
async function placeUntil(signal: AbortSignal): Promise<{ readonly errors: string[] }> {
  const errors: string[] = [];
  const customers = ["gateway-1", "gateway-2"].map(async (gateway) => {
    const shopper = createShopper(`http://${mesh.addressOf(gateway)}`, { jar: fetchByEither(), onRetry: () => {} });
    while (!signal.aborted) {
      const request = orderOf([{ productId, quantity: 1 }]);
      for (let id = ""; id === ""; ) {
        const attempt = shopper.orders.placeOrder.mutate(request);
        id = await attempt.then(
          ({ order }) => order?.id ?? "",
          (error: Error) => {
            errors.push(error.message);
            return "";
          },
        );
      }
      placed.push(request.idempotencyKey);
    }
  });
  await Promise.all(customers);
  return { errors };
}

/** Waits until every order is paid once, and has its stock. */
async function expectAllPaid(): Promise<void> {
  await using orders = await openSql(mesh.databaseUrlOf("orders"));
  await using payments = await openSql(mesh.databaseUrlOf("payments"));
  const open = `select count(*)::int as count from orders where status <> ${OrderStatus.ORDER_STATUS_CONFIRMED}`;
  await expect.poll(() => orders.run(open), { timeout: 120_000 }).toEqual([{ count: 0 }]);
  expect(await orders.run("select count(*)::int as count from orders")).toEqual([{ count: placed.length }]);
  const paid = "select count(*)::int as count, count(distinct order_id)::int as orders from payments";
  expect(await payments.run(paid)).toEqual([{ count: placed.length, orders: placed.length }]);
  const shopper = createShopper(mesh.gatewayUrl);
  const stock = async () => (await shopper.inventory.getStock.query({ productId })).stock;
  const available = stocked - BigInt(placed.length);
  await expect.poll(stock, { timeout: 120_000 }).toEqual({ productId, available, reserved: 0n });
}

const portsOf = (urls: string) => urls.split(",").map((url) => Number(new URL(url).port));
const hostsOf = (...names: readonly string[]) =>
  names.flatMap((name) => [1, 2].map((at) => network.place(`${name}-${at}`).host));

const partitions: Record<string, () => readonly [hosts: readonly string[], ports?: readonly number[]]> = {
  NATS: () => [[network.host], portsOf(nats.url)],
  PostgreSQL: () => [[network.host], portsOf(postgres.adminUrl)],
  "the services that it calls": () => [hostsOf("catalog", "inventory")],
  everything: () => [[network.host, ...hostsOf("catalog", "inventory", "gateway")]],
};

describe.skipIf(obstacle)(`a mesh in network namespaces${about}`, () => {
  test.each(Object.keys(partitions))("places every order once while a replica is cut off from %s", async (name) => {
    const end = new AbortController();
    onTestFinished(() => end.abort());
    const placing = placeUntil(end.signal);
    const more = async (count: number) => {
      const before = placed.length;
      await expect.poll(() => placed.length, { timeout: 120_000 }).toBeGreaterThan(before + count);
    };
    await more(5);
    const [hosts, ports] = partitions[name]?.() ?? [[]];
    const cutAt = performance.now();
    await network.cut("orders-1", hosts, ports);
    // Until it has missed something.
    await expect.poll(() => network.dropped("orders-1"), { timeout: 120_000 }).toBeGreaterThan(0);
    await more(40);
    const ms = performance.now() - cutAt;
    await network.heal("orders-1");
    await more(5);
    end.abort();
    const { errors } = await placing;
    process.stdout.write(
      `${name}: 40 orders or more in ${Math.round(ms)} ms, attempts that failed: ${errors.length} ${[...new Set(errors)]}\n`,
    );
    const replica = connect(OrderService, { address: mesh.addressOf("orders-1"), credentials: mesh.credentials });
    onTestFinished(replica.close);
    await expect
      .poll(() => replica.client.getOrder({ id: crypto.randomUUID() }).catch(({ code }) => code))
      .toBe("NOT_FOUND");
    await expectAllPaid();
  });

  test("upgrades all replicas to a version with other contracts, without a failed order", async () => {
    const end = new AbortController();
    onTestFinished(() => end.abort());
    const placing = placeUntil(end.signal);
    const before = placed.length;
    const noteOf = async () => {
      const shopper = createShopper(mesh.gatewayUrl);
      const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
      placed.push(order?.id ?? "");
      // A field that the contract of this version does not have.
      return (order as { readonly note?: string } | undefined)?.note;
    };
    expect(await noteOf()).toBeUndefined();
    for (const name of [...services, "gateway"]) {
      await use(name, clone.root);
      for (const replica of [`${name}-1`, `${name}-2`]) {
        await mesh.apps[replica]?.kill("SIGTERM");
        await mesh.apps[replica]?.start();
      }
    }
    expect(await noteOf()).toBe("of the next version");
    end.abort();
    const { errors } = await placing;
    process.stdout.write(`${placed.length - before} orders during the upgrade\n`);
    expect(errors).toEqual([]);
    expect(placed.length - before).toBeGreaterThan(20);
    await expectAllPaid();
  }, 600_000);
});
