import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MeshError } from "@mesh/contracts";
import { OrderService } from "@mesh/contracts/orders/v1";
import { PaymentFailed, PaymentService, PaymentStatus } from "@mesh/contracts/payments/v1";
import { freePort } from "@mesh/dev";
import { createAuthority, issueCertificate } from "@mesh/dev/authority";
import { connectBus, on } from "@mesh/events";
import { inbox, outbox } from "@mesh/events/tables";
import { connect, openIdentity, type ServerMiddleware } from "@mesh/rpc";
import { createLifecycle, type Health, type Lifecycle } from "@mesh/runtime";
import { testDatabase, testNats, testNetwork } from "@mesh/testing";
import { absentHandlers, openTestService, recordedLog, scopeOf, testTokens } from "@mesh/testing/service";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { Database, Schema } from "./database.ts";
import { customerOf } from "./ids.ts";
import { openServices } from "./open-services.ts";
import { type Service, service } from "./service.ts";
import type { ProcessConfig } from "./settings.ts";
import { every } from "./tasks.ts";

const config: ProcessConfig = { host: "127.0.0.1", port: 0, natsUrl: undefined, peers: {}, drainMs: 100 };

/** Opens one service. */
function openOne(
  one: Service,
  { databaseUrl, settings = {}, ...changed }: Partial<ProcessConfig> & { databaseUrl?: string; settings?: object },
  options: Parameters<typeof openServices>[2],
) {
  return openServices([{ service: one, databaseUrl, settings: { ...settings } }], { ...config, ...changed }, options);
}

const payment = (id: string) => ({
  id,
  orderId: id,
  amount: { minorUnits: 2n ** 63n - 1n, currency: "EUR" },
  status: PaymentStatus.PAYMENT_STATUS_AUTHORIZED,
  createdAt: new Date(-1),
});

/** A lifecycle that notes in which sequence its parts were closed. */
function recordedLife(log: Parameters<typeof openServices>[2]["log"], closeTimeoutMs = 5_000) {
  const closed: string[] = [];
  const life = createLifecycle({ log, closeTimeoutMs });
  const onClose: Lifecycle["onClose"] = (name, close) => {
    life.onClose(name, async () => {
      await close();
      closed.push(name);
    });
  };
  return { life: { ...life, onClose }, closed };
}

test("a service without store, events and peers answers, and its settings and caller reach its handlers", async () => {
  const small = service(
    PaymentService,
    {},
    {
      ...absentHandlers(PaymentService),
      getPayment: async ({ orderId }) => ({ payment: payment(orderId) }),
      refundPayment: async (_, context) => ({ payment: payment(customerOf(context)) }),
    },
  );
  const { log } = recordedLog();
  const { life, closed } = recordedLife(log);
  const tokens = await testTokens("payments");
  const { server, health } = await openOne(small, {}, { life, log, tokens });
  expect(health.ready()).toBe(true);
  const upstream = connect(PaymentService, { address: server.address, tokens: await testTokens("gateway") });
  const orderId = crypto.randomUUID();
  expect(await upstream.client.getPayment({ orderId })).toEqual({ payment: payment(orderId) });
  const id = crypto.randomUUID();
  const answer = await upstream.bind(scopeOf({ kind: "customer", id })).refundPayment({ orderId });
  expect(answer.payment?.id).toBe(id);
  for (const principal of [undefined, { kind: "service", id } as const, { kind: "customer", id: "ada" } as const]) {
    const refused = upstream.bind(scopeOf(principal)).refundPayment({ orderId });
    await expect(refused).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  }
  await upstream.close();
  await life.close();
  expect(closed).toEqual(["notice", "tasks", "server", "peers"]);
});

test("a port that is taken is an error, and what was opened before it can be closed", async () => {
  const { log } = recordedLog();
  const { life } = recordedLife(log);
  const small = service(PaymentService, {}, absentHandlers(PaymentService));
  const { server } = await openOne(small, {}, { life, log });
  const second = recordedLife(log);
  const opening = openOne(small, { port: server.port }, { life: second.life, log });
  await expect(opening).rejects.toThrow(/EADDRINUSE|in use|bind/i);
  await second.life.close();
  expect(second.closed).toEqual(["peers"]);
  await life.close();
});

test("a task has the settings and a principal of its own, and a run that hangs holds up no end", async () => {
  const seen: unknown[] = [];
  const hanging = every("hang", 1, async ({ principal, settings }: { principal: unknown; settings: unknown }) => {
    seen.push(principal, settings);
    await new Promise(() => {});
  });
  const { log, logged } = recordedLog();
  const { life, closed } = recordedLife(log);
  const small = service(PaymentService, { tasks: [hanging] }, absentHandlers(PaymentService));
  await openOne(small, { settings: { WAIT_MS: 5 } }, { life, log });
  await vi.waitFor(() => expect(seen).toEqual([{ kind: "service", id: "payments" }, { WAIT_MS: 5 }]));
  await life.close();
  expect(closed).toEqual(["notice", "tasks", "server", "peers"]);
  expect(logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

const orderId = crypto.randomUUID();
const small = service(
  PaymentService,
  {},
  { ...absentHandlers(PaymentService), getPayment: async ({ orderId }) => ({ payment: payment(orderId) }) },
);

test("a service gives notice of its end, and takes calls meanwhile", async () => {
  const { log } = recordedLog();
  const { life, closed } = recordedLife(log);
  const { server, health } = await openOne(small, { noticeMs: 300 }, { life, log });
  const upstream = connect(PaymentService, { address: server.address });
  await upstream.client.getPayment({ orderId });
  const begin = Date.now();
  const closing = life.close();
  expect(health.reasons()).toEqual({ process: "ending" });
  expect((await upstream.client.getPayment({ orderId })).payment?.id).toBe(orderId);
  expect(closed).toEqual([]);
  await closing;
  expect(Date.now() - begin).toBeGreaterThanOrEqual(299);
  await expect(upstream.client.getPayment({ orderId })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await upstream.close();
});

test("calls that come before the database is there are told so, and nobody waits for it at the end", async () => {
  const { log } = recordedLog();
  const { life } = recordedLife(log);
  const port = await freePort();
  const store = { schema: {}, migrations: new URL("file:///nowhere/") };
  const stored = service(PaymentService, { store }, absentHandlers(PaymentService));
  const databaseUrl = "postgres://ada:secret@127.0.0.1:1/orders";
  const opening = openOne(stored, { port, databaseUrl }, { life, log });
  const refused = expect(opening).rejects.toThrow();
  const upstream = connect(PaymentService, { address: `127.0.0.1:${port}` });
  await vi.waitFor(async () => {
    const starting = { code: "UNAVAILABLE", message: expect.stringContaining("payments is starting") };
    await expect(upstream.client.getPayment({ orderId })).rejects.toMatchObject(starting);
  }, 5_000);
  await life.close();
  await refused;
  await expect(upstream.client.getPayment({ orderId })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await upstream.close();
});

test("a store without an outbox has transactions that publish nothing", async () => {
  const seen: unknown[] = [];
  const store = { schema: {}, migrations: new URL("../../store/fixtures/service/migrations", import.meta.url) };
  const plain = service(
    PaymentService,
    { store },
    {
      ...absentHandlers(PaymentService),
      async getPayment({ orderId }, { db }) {
        await db.transaction(async (tx) => {
          // @ts-expect-error: there is no outbox
          seen.push(tx.publish, (await tx.execute("select 1 as one")).rows);
        });
        return { payment: payment(orderId) };
      },
    },
  );
  await using opened = await openTestService(PaymentService, plain);
  await opened.client.getPayment({ orderId });
  expect(seen).toEqual([undefined, [{ one: 1 }]]);
});

test("services of one process share its port, health and end, and have a database and tasks each", async () => {
  await using ofPayments = await testDatabase();
  await using ofOrders = await testDatabase();
  const seen: Record<string, unknown>[] = [];
  const note = every("note", 60_000, async ({ db, principal }: { db: Database<Schema>; principal: unknown }) => {
    seen.push({ principal, ...(await db.execute("select current_database() as name")).rows[0] });
  });
  const store = { schema: {}, migrations: new URL("../../store/fixtures/service/migrations", import.meta.url) };
  const payments = service(
    PaymentService,
    { store, tasks: [note] },
    { ...absentHandlers(PaymentService), getPayment: async ({ orderId }) => ({ payment: payment(orderId) }) },
  );
  const orders = service(
    OrderService,
    { store, tasks: [note], peers: { payments: PaymentService } },
    {
      ...absentHandlers(OrderService),
      listOrders: async (_, { peers }) => {
        await peers.payments.getPayment({ orderId });
        return { orders: [], nextPageToken: "" };
      },
    },
  );
  const { log, logged } = recordedLog();
  const { life, closed } = recordedLife(log);
  const port = await freePort();
  const { server, health } = await openServices(
    [
      { service: payments, databaseUrl: ofPayments.url, settings: {} },
      { service: orders, databaseUrl: ofOrders.url, settings: {} },
    ],
    { ...config, port, peers: { payments: `127.0.0.1:${port}` } },
    { life, log },
  );
  await vi.waitFor(() => expect(health.reasons()).toEqual({}), 10_000);
  await vi.waitFor(() => expect(seen).toHaveLength(2), 10_000);
  const names = [ofPayments, ofOrders].map(({ url }) => new URL(url).pathname.slice(1));
  const tasks = ["payments", "orders"].map((id, at) => ({ principal: { kind: "service", id }, name: names[at] }));
  expect(seen).toEqual(expect.arrayContaining(tasks));
  const upstream = connect(OrderService, { address: server.address });
  expect(await upstream.client.listOrders({})).toEqual({ orders: [], nextPageToken: "" });
  await upstream.close();
  await life.close();
  const parts = ["tasks", "store", "peers"].flatMap((part) => [`payments ${part}`, `orders ${part}`]);
  expect(closed.toSorted()).toEqual([...parts, "notice", "server"].toSorted());
  expect(logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});

test("the middleware of a service has the context of the service, and adds to it", async () => {
  const addLimit: ServerMiddleware<{ limit: number }> = (_, next) => next({ limit: 3 });
  const limited = service(
    PaymentService,
    { middleware: [addLimit] },
    {
      ...absentHandlers(PaymentService),
      async getPayment({ orderId }, { limit, peers }) {
        expect(Object.keys(peers)).toEqual([]);
        return { payment: { ...payment(orderId), amount: { minorUnits: BigInt(limit), currency: "EUR" } } };
      },
    },
  );
  const { log } = recordedLog();
  const { life } = recordedLife(log);
  const { server } = await openOne(limited, {}, { life, log });
  const upstream = connect(PaymentService, { address: server.address });
  expect((await upstream.client.getPayment({ orderId })).payment?.amount?.minorUnits).toBe(3n);
  await upstream.close();
  await life.close();
});

const eventStore = {
  schema: { inbox, outbox },
  migrations: new URL("../../events/fixtures/service/migrations", import.meta.url),
};
const failed = { paymentId: orderId, orderId, failure: 1 } as const;

test("a store with an outbox publishes, without consumers too", async () => {
  const publishing = service(
    PaymentService,
    { store: eventStore },
    {
      ...absentHandlers(PaymentService),
      async getPayment({ orderId }, { db }) {
        await db.transaction((tx) => tx.publish(PaymentFailed, failed));
        return { payment: payment(orderId) };
      },
    },
  );
  await using opened = await openTestService(PaymentService, publishing);
  await opened.client.getPayment({ orderId });
  expect(await opened.published(PaymentFailed)).toEqual([failed]);
});

test("handlers of events that hang hold up the end for as long as calls do", async () => {
  let isHandled = false;
  const hanging = on(PaymentFailed, async () => {
    isHandled = true;
    await new Promise(() => {});
  });
  const consuming = service(
    PaymentService,
    { store: eventStore, consumers: [hanging] },
    absentHandlers(PaymentService),
  );
  await using opened = await openTestService(PaymentService, consuming);
  await opened.send(PaymentFailed, failed);
  await vi.waitFor(() => expect(isHandled).toBe(true), 5_000);
  const begin = Date.now();
  await opened.close();
  // The default of events is 10 s; the service of a test is given 1 s.
  expect(Date.now() - begin).toBeLessThan(9_000);
});

describe("a NATS that does not respond", () => {
  let calls = 0;
  const publishing = service(
    PaymentService,
    { store: eventStore, consumers: [on(PaymentFailed, async () => {})] },
    {
      ...absentHandlers(PaymentService),
      async getPayment({ orderId }, { db }) {
        await db.transaction((tx) => tx.publish(PaymentFailed, failed));
        calls++;
        return { payment: payment(orderId) };
      },
    },
  );

  /** Opens the service, calls it after a condition, and closes it within the limit of the process. */
  async function callAndClose(natsUrl: string, whenOpen: (health: Health) => Promise<unknown>) {
    await using database = await testDatabase();
    const { log, logged } = recordedLog();
    // Far less than a connection to several servers may take, or than it takes to notice that a connection is lost.
    const { life, closed } = recordedLife(log, 10_000);
    const { server, health } = await openOne(publishing, { natsUrl, databaseUrl: database.url }, { life, log });
    await whenOpen(health);
    expect(health.ready()).toBe(true);
    const upstream = connect(PaymentService, { address: server.address });
    await upstream.client.getPayment({ orderId });
    await upstream.close();
    await life.close();
    expect(closed).toEqual([
      "registration",
      "notice",
      "tasks",
      "server",
      "events",
      "store",
      "peers",
      "policy",
      "discovery",
      "bus",
    ]);
    return logged;
  }

  test("at the start delays neither the start nor the end", async () => {
    // The client tries one after the other, each for 5 s.
    await using one = await silentServer();
    await using two = await silentServer();
    await using three = await silentServer();
    await using four = await silentServer();
    const before = calls;
    const url = [one, two, three, four].map((server) => server.url).join(",");
    await callAndClose(url, (health) => expect.poll(() => health.ready()).toBe(true));
    expect(calls).toBe(before + 1);
  });

  test("is named in the log, once", async () => {
    await using silent = await silentServer();
    const { log, logged } = recordedLog();
    const bus = connectBus({ url: silent.url, name: "test", log });
    onTestFinished(() => bus.close());
    const reason = expect.stringMatching(/^NATS at 127\.0\.0\.1:\d+ did not respond within 5 s$/);
    await expect.poll(() => logged).toContainEqual(expect.objectContaining({ msg: "waiting for NATS", reason }));
    expect(logged).toHaveLength(1);
  });

  test("any more delays neither calls nor the end", async () => {
    await using nats = await testNats();
    await using network = await testNetwork(nats.url);
    await callAndClose(network.url, async (health) => {
      await expect.poll(() => [health.ready(), health.warnings()]).toEqual([true, {}]);
      network.freeze();
    });
  });
});

/** A server that accepts connections and sends nothing. */
async function silentServer() {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { url: `nats://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close() };
}

test("a process with an identity serves its own mesh only, and calls with it", async () => {
  const notAfter = new Date(Date.now() + 3_600_000);
  const authority = await createAuthority({ notAfter });
  const folderOf = async (...names: string[]) => {
    const dir = await mkdtemp(join(tmpdir(), "mesh-tls-"));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const { cert, key } = await issueCertificate(authority, { names, notAfter });
    await Promise.all([
      writeFile(join(dir, "tls.crt"), cert),
      writeFile(join(dir, "tls.key"), key),
      writeFile(join(dir, "ca.crt"), authority.cert),
    ]);
    return { MESH_TLS: "on", MESH_TLS_DIR: dir } as const;
  };
  const { log } = recordedLog();
  const { life } = recordedLife(log);
  onTestFinished(life.close);
  const callers: unknown[] = [];
  const payments = service(
    PaymentService,
    {},
    {
      ...absentHandlers(PaymentService),
      getPayment: async ({ orderId }, { call }) => {
        callers.push(call.caller);
        return { payment: payment(orderId) };
      },
    },
  );
  const upstream = await openOne(payments, { tls: await folderOf("payments") }, { life, log });
  const orders = service(
    OrderService,
    { peers: { payments: PaymentService } },
    {
      ...absentHandlers(OrderService),
      cancelOrder: async ({ id }, { peers }) => {
        await peers.payments.getPayment({ orderId: id });
        throw new MeshError({ code: "ABORTED", message: "payments has responded" });
      },
    },
  );
  const peers = { payments: upstream.server.address };
  const { server } = await openOne(orders, { peers, tls: await folderOf("orders") }, { life, log });
  const { identity } = await openIdentity(await folderOf("gateway"), { names: [], log, signal: life.signal });
  const gateway = connect(OrderService, { address: server.address, ...(identity && { credentials: identity }) });
  const stranger = connect(OrderService, { address: server.address });
  const cancelled = gateway.client.cancelOrder({ id: crypto.randomUUID() });
  await expect(cancelled).rejects.toMatchObject({ code: "ABORTED" });
  expect(callers).toEqual(["orders"]);
  await expect(stranger.client.cancelOrder({ id: crypto.randomUUID() })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(openOne(orders, { peers, tls: await folderOf("payments") }, { life, log })).rejects.toThrow(
    "must have the id spiffe://mesh.local/orders",
  );
  await Promise.all([gateway.close(), stranger.close()]);
});
