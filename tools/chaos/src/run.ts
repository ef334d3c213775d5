import { type BreakageName, breakages } from "./breakages.ts";
import { checkAll } from "./checks/check-all.ts";
import { Databases } from "./checks/databases.ts";
import { EventReader } from "./checks/events.ts";
import { untilQuiet } from "./checks/quiet.ts";
import type { Violation } from "./checks/violation.ts";
import { type Injected, Injector, serversOf } from "./faults/injector.ts";
import { type FaultKind, planFaults } from "./faults/plan.ts";
import { streamsOf } from "./faults/streams.ts";
import { startImports } from "./load/imports.ts";
import { OrderLoad } from "./load/orders.ts";
import { changeProducts } from "./load/products.ts";
import { openShop } from "./load/shop.ts";
import { buildAll, type ChaosMesh, openChaosMesh } from "./mesh.ts";
import { Random } from "./random.ts";
import { within } from "./within.ts";

export interface RunOptions {
  readonly orders: number;
  readonly faults: number;
  readonly seed: number;
  readonly replicas: number;
  /** The orders that begin each second. */
  readonly rate: number;
  /** The longest that a process is stopped, or a network is cut, in milliseconds. */
  readonly longestMs: number;
  /** Whether NATS is a cluster of three servers, with streams of three replicas. */
  readonly cluster: boolean;
  readonly kinds: readonly FaultKind[];
  readonly broken: BreakageName | undefined;
  readonly note: (line: string) => void;
}

/** What a run has shown. Times are of `performance.now()`. */
export interface Result {
  readonly seed: number;
  readonly orders: number;
  /** When each order was accepted. */
  readonly acceptedAt: readonly number[];
  readonly requests: number;
  readonly faults: readonly Injected[];
  readonly violations: readonly Violation[];
  /** What was still under way when the wait for quiet ended. */
  readonly unfinished: readonly string[];
  readonly startedAt: number;
  readonly endedAt: number;
  /** What the processes printed, by their names. */
  readonly logs: Readonly<Record<string, string>>;
}

/** The products on sale: few, so that orders compete for their stock. */
const productCount = 5;

/** The products that are changed while they are on sale. */
const changedCount = 2;

/** How often what is under way is noted, in milliseconds. */
const noteEveryMs = 60_000;

const warmUpOrders = 40;

/** The longest wait until nothing is under way, in milliseconds: the last retry of an event comes after 5 minutes. */
const quietTimeoutMs = 420_000;

const services = ["catalog", "inventory", "orders", "payments"];
const publishers = [...services, "ledger"];
const consumers = ["inventory", "orders", "payments", "ledger"];
const streams = Object.values(streamsOf);

const env = {
  LOG_LEVEL: "warn",
  // An order that is not paid is over within the wait for quiet. Reservations expire later, so stock that is reserved without an order is
  // noticed if it is not released.
  PAYMENT_TIMEOUT_MS: "50000",
  STREAM_MAX_BYTES: String(32 * 1_024 * 1_024),
};

/** Starts a mesh, injects faults while customers order, and checks what must hold when it is quiet again. */
export async function run(options: RunOptions): Promise<Result> {
  const { seed, replicas, broken, note } = options;
  const random = new Random(seed);
  note("builds the services");
  await buildAll();
  note("starts the mesh");
  const killInMigration = services.filter(() => random.next() < 0.5).map((name) => (replicas > 1 ? `${name}-1` : name));
  const chaos = await openChaosMesh({
    replicas,
    killInMigration,
    natsServers: options.cluster ? 3 : undefined,
    breakage: broken ? breakages[broken] : {},
    env: { ...env, STREAM_REPLICAS: options.cluster ? "3" : "1" },
  });
  try {
    for (const name of chaos.killedInMigration) note(`${name}: kill -9 during migration`);
    return await observe(chaos, random, options);
  } finally {
    await chaos.close();
  }
}

async function observe(chaos: ChaosMesh, random: Random, options: RunOptions): Promise<Result> {
  const { mesh } = chaos;
  const { seed, note } = options;
  const driven = await drive(chaos, random, options);
  note("waits for quiet");
  await using databases = await within(Databases.open(mesh, publishers), "PostgreSQL");
  await using events = await within(EventReader.open(mesh), "NATS");
  const readers = { databases, events, publishers, consumers };
  const unfinished = await untilQuiet({
    ...readers,
    streams: [...streams, "catalog_v1"],
    timeoutMs: quietTimeoutMs,
    note,
  });
  note("checks");
  const violations = await checkAll({ ...readers, ...driven });
  const { load, injected, startedAt, endedAt } = driven;
  return {
    seed,
    orders: options.orders,
    acceptedAt: load.accepted.map(({ at }) => at).filter((at) => at >= startedAt),
    requests: load.attempts.length,
    faults: injected.toSorted((one, other) => one.startedAt - other.startedAt),
    violations,
    unfinished,
    startedAt,
    endedAt,
    logs: Object.fromEntries(Object.entries(mesh.apps).map(([name, app]) => [name, app.output()])),
  };
}

/** Places orders, changes products and starts imports while faults are injected. Resolves when all of these are over. */
async function drive(chaos: ChaosMesh, random: Random, { orders, rate, seed, note, ...options }: RunOptions) {
  const { mesh } = chaos;
  const processes = Object.keys(mesh.apps);
  const gateways = processes.filter((name) => /^gateway/.test(name));
  const products = await openShop(mesh, productCount);
  const plan = planFaults(random, {
    ...options,
    durationMs: (orders / rate) * 1_000,
    processes,
    servers: serversOf(mesh),
    streams,
  });
  const injector = new Injector(chaos, random);
  const urls = gateways.map((name) => `http://${mesh.addressOf(name)}`);
  const load = new OrderLoad({ gateways: urls, products, orders, rate, random: new Random(seed + 1) });
  await load.warmUp(warmUpOrders);
  note(`places ${orders} orders, ${rate} a second, and injects ${plan.length} faults`);
  const startedAt = performance.now();
  const over = new AbortController();
  const changing = changeProducts(mesh, products.slice(0, changedCount), over.signal);
  const importing = startImports(mesh, over.signal);
  const placing = load.run().then(() => note("the orders are placed"));
  const breaking = injector.run(plan).then(() => note("the faults are over"));
  const noting = setInterval(() => injector.open.forEach((what) => void note(`under way: ${what}`)), noteEveryMs);
  await Promise.all([placing, breaking]).finally(() => {
    over.abort();
    clearInterval(noting);
  });
  await changing;
  const imports = await importing;
  return { load, imports, injected: injector.injected, gateways, startedAt, endedAt: performance.now() };
}
