import { PaymentService } from "@mesh/contracts/testing/payments/v1";
import { absentHandlers, openTestService, type TestService } from "@mesh/testing/service";
import { expect, test, vi } from "vitest";
import type { Database, Schema } from "./database.ts";
import { service } from "./service.ts";
import { every } from "./tasks.ts";

type Payments = TestService<NonNullable<typeof PaymentService.types>>;
type Handle = (db: Database<Schema>, signal: AbortSignal) => Promise<void>;

const store = { schema: {}, migrations: new URL("../../store/fixtures/service/migrations", import.meta.url) };
const nap = "select pg_sleep(20)";
const request = { orderId: crypto.randomUUID() };

/** Opens a service with one table, `things`, and one handler. */
function openWith(handle: Handle): Promise<Payments> {
  const getPayment = async (_: unknown, { db, signal }: { db: Database<Schema>; signal: AbortSignal }) => {
    await handle(db, signal);
    return absentHandlers(PaymentService).getPayment(request, {});
  };
  return openTestService(
    PaymentService,
    service(PaymentService, { store }, { ...absentHandlers(PaymentService), getPayment }),
  );
}

async function thingsOf({ query }: Payments): Promise<number> {
  return (await query("select 1 from things")).length;
}

async function asleep({ query }: Payments): Promise<number> {
  return (await query("select 1 from pg_stat_activity where state = 'active' and query = $1", [nap])).length;
}

test("a transaction of a call whose deadline passes does not commit, and is no failure of the database", async () => {
  let ended: unknown;
  await using payments = await openWith(async (db) => {
    const work = db.transaction(async (tx) => {
      await tx.execute("insert into things (id) values (1)");
      await tx.execute(nap);
    });
    await work.catch((error: unknown) => {
      ended = error;
      throw error;
    });
  });
  const late = payments.client.getPayment(request, { timeoutMs: 2_000 });
  await expect(late).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await vi.waitFor(() => expect(ended).toMatchObject({ code: "DEADLINE_EXCEEDED" }));
  expect([await thingsOf(payments), await asleep(payments)]).toEqual([0, 0]);
  expect(payments.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  expect(JSON.stringify(payments.logged)).not.toMatch(/StoreError|canceling statement/);
});

test("a handler that catches the error of its deadline and goes on stores nothing", async () => {
  let isDone = false;
  await using payments = await openWith(async (db, signal) => {
    await db.execute(nap).catch(() => {});
    expect(signal.aborted).toBe(true);
    await db.transaction((tx) => tx.execute("insert into things (id) values (1)")).catch(() => {});
    await Promise.resolve(db.execute("insert into things (id) values (2)")).catch(() => {});
    isDone = true;
  });
  await expect(payments.client.getPayment(request, { timeoutMs: 2_000 })).rejects.toThrow();
  await vi.waitFor(() => expect(isDone).toBe(true));
  expect(await thingsOf(payments)).toBe(0);
});

test("the statement of a caller that cancels ends", async () => {
  let ended: unknown;
  await using payments = await openWith(async (db) => {
    await Promise.resolve(db.execute(nap)).catch((error: unknown) => {
      ended = error;
    });
  });
  const caller = new AbortController();
  const cancelled = payments.client.getPayment(request, { signal: caller.signal }).catch(() => {});
  await expect.poll(() => asleep(payments)).toBe(1);
  caller.abort();
  await cancelled;
  await expect.poll(() => asleep(payments)).toBe(0);
  await expect.poll(() => ended).toMatchObject({ code: "CANCELLED" });
});

test("the statement of a task ends with the process", async () => {
  const dreaming = every("dream", 60_000, async ({ db }: { db: Database<Schema> }) => {
    await db.transaction((tx) => tx.execute(nap));
  });
  const tasks = service(PaymentService, { store, tasks: [dreaming] }, absentHandlers(PaymentService));
  await using payments = await openTestService(PaymentService, tasks);
  await expect.poll(() => asleep(payments)).toBe(1);
  await payments.close();
  expect(await asleep(payments)).toBe(0);
  expect(payments.logged.filter(({ level }) => Number(level) >= 40)).toEqual([]);
});
