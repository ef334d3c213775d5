import { MeshError } from "@mesh/contracts";
import { OrderService } from "@mesh/contracts/testing/orders/v1";
import { PaymentService } from "@mesh/contracts/testing/payments/v1";
import { freePort } from "@mesh/dev";
import { connect, createTokens, openIdentity, type ServerMiddleware } from "@mesh/rpc";
import { testDatabase } from "@mesh/testing";
import { absentHandlers, openTestService, recordedLog, scopeOf, testTokens } from "@mesh/testing/service";
import { expect, onTestFinished, test, vi } from "vitest";
import { testAuthority } from "../fixtures/identity-folder.ts";
import { config, openOne, payment, recordedLife } from "../fixtures/open-one.ts";
import type { Database, Schema } from "./database.ts";
import { customerOf } from "./ids.ts";
import { openServices } from "./open-services.ts";
import { service } from "./service.ts";
import { every } from "./tasks.ts";

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

test("calls that come before the database is there fail with UNAVAILABLE, and the end does not wait for it", async () => {
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

test("a process with an identity serves its own mesh only, and calls with it", async () => {
  const dirOf = await testAuthority();
  const folderOf = async (name: string) => ({ MESH_TLS: "on", MESH_TLS_DIR: await dirOf(name) }) as const;
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
  const own = identity && { credentials: identity, tokens: createTokens(identity) };
  const gateway = connect(OrderService, { address: server.address, ...own });
  const stranger = connect(OrderService, { address: server.address });
  const customer = { kind: "customer", id: crypto.randomUUID(), scopes: new Set(["orders:write"]) } as const;
  const cancelled = gateway.bind(scopeOf(customer)).cancelOrder({ id: crypto.randomUUID() });
  await expect(cancelled).rejects.toMatchObject({ code: "ABORTED" });
  expect(callers).toEqual(["orders"]);
  await expect(stranger.client.cancelOrder({ id: crypto.randomUUID() })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(openOne(orders, { peers, tls: await folderOf("payments") }, { life, log })).rejects.toThrow(
    "must have the id spiffe://mesh.local/orders",
  );
  await Promise.all([gateway.close(), stranger.close()]);
});
