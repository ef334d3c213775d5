import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { OrderService, type PlaceOrderRequestInput } from "@mesh/contracts/testing/orders/v1";
import { PaymentAuthorized, PaymentFailed, PaymentFailure } from "@mesh/contracts/testing/payments/v1";
import { freePort } from "@mesh/dev";
import { connectBus } from "@mesh/events";
import { connect } from "@mesh/rpc";
import { openStore } from "@mesh/store";
import { forkProgram, storeInStream, testDatabase, testNats } from "@mesh/testing";
import { recordedLog } from "@mesh/testing/service";
import { expect, onTestFinished, test } from "vitest";

/** Starts the process of the fixture, and connects to it and to what it uses. */
async function startProcess(drainMs: number) {
  const [database, nats] = await Promise.all([testDatabase(), testNats()]);
  const { log } = recordedLog();
  const migrations = new URL("../../events/fixtures/service/migrations", import.meta.url);
  const store = await openStore({ url: database.url, schema: {}, migrations, log });
  const bus = connectBus({ url: nats.url, name: "test", log });
  const connection = await bus.connected(AbortSignal.timeout(60_000));
  const port = await freePort();
  const program = fileURLToPath(new URL("../fixtures/stuck-process.ts", import.meta.url));
  const env = { DATABASE_URL: database.url, NATS_URL: nats.url, PORT: String(port), SHUTDOWN_MS: String(drainMs) };
  const child = await forkProgram(program, [], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const output: string[] = [];
  child.stdout?.on("data", (chunk: Buffer) => output.push(chunk.toString()));
  const started: string[] = [];
  let isReady = false;
  child.on("message", (message: { type?: string; started?: string }) => {
    isReady ||= message.type === "ready";
    if (message.started) started.push(message.started);
  });
  const { client, close } = connect(OrderService, { address: `127.0.0.1:${port}` });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await close();
    await store.close();
    await bus.close();
    await Promise.all([database[Symbol.asyncDispose](), nats[Symbol.asyncDispose]()]);
  });
  await expect.poll(() => isReady).toBe(true);
  return { child, client, db: store.db, connection, started, output: () => output.join("") };
}

type Running = Awaited<ReturnType<typeof startProcess>>;

const id = () => randomUUID();
const timeoutMs = 60_000;

const order = (): PlaceOrderRequestInput => ({
  idempotencyKey: id(),
  items: [{ productId: id(), quantity: 1 }],
  paymentToken: "tok_ok",
  email: "ada@example.com",
  name: "Ada Lovelace",
  address: "12 St James's Square, London",
});

/** Starts work that never ends. Its result is of no interest. */
const stuck: Record<string, (running: Running) => Promise<unknown>> = {
  "a call": ({ client }) => client.cancelOrder({ id: id() }, { timeoutMs }),
  "a stream": async ({ client }) => {
    for await (const _ of client.watchOrder({ id: id() }));
  },
  "a transaction": ({ client }) => client.listOrders({}, { timeoutMs }),
  "a statement": ({ client }) => client.placeOrder(order(), { timeoutMs }),
  "an event": ({ connection }) => {
    const failed = { paymentId: id(), orderId: id(), failure: PaymentFailure.PAYMENT_FAILURE_DECLINED };
    return storeInStream(connection, PaymentFailed.subject, PaymentFailed.encode(failed));
  },
};

test.each([
  ...Object.keys(stuck).map((name) => [name, 1_500] as const),
  // One limit is for all of them: with a limit each, the process would need more than it has.
  ["everything", 4_500] as const,
])("a process ends in time although %s hangs, and the work of others is finished", async (name, drainMs) => {
  const running = await startProcess(drainMs);
  const { child, client, db, connection, started, output } = running;
  const hanging = name in stuck ? [name] : Object.keys(stuck);
  for (const one of hanging) void stuck[one]?.(running).catch(() => {});
  await expect.poll(() => started.filter((text) => text.startsWith("stuck"))).toHaveLength(hanging.length);
  const [called, received] = [id(), id()];
  const call = client.getOrder({ id: called }, { timeoutMs }).catch((error: { code: string }) => error.code);
  const authorized = { paymentId: id(), orderId: received, amount: { minorUnits: 1n, currency: "EUR" } };
  await storeInStream(connection, PaymentAuthorized.subject, PaymentAuthorized.encode(authorized));
  await expect.poll(() => started).toEqual(expect.arrayContaining(["call", "event"]));
  const began = performance.now();
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = await exited;
  const tookMs = performance.now() - began;
  // In production the limit is 25 s, of which 5 s are notice, and 15 s to drain.
  expect([code, tookMs < 25_000 - 5_000 - 15_000 + drainMs]).toEqual([0, true]);
  // Each part was closed within its own limit.
  expect(output()).not.toContain("closing took too long");
  expect(await call).toBe("NOT_FOUND");
  const { rows } = await db.execute("select thing, number from effects order by number");
  expect(rows).toEqual([
    { thing: received, number: 1 },
    { thing: called, number: 2 },
  ]);
  const unsent = await db.execute("select count(*)::int as count from outbox where sent_at is null");
  expect(unsent.rows).toEqual([{ count: 0 }]);
});
