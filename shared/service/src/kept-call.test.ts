import { randomUUID } from "node:crypto";
import { PaymentError, PaymentRefunded, PaymentService } from "@mesh/contracts/testing/payments/v1";
import { deleteOldResults, isUniqueViolation } from "@mesh/store";
import { openTestService, type TestService } from "@mesh/testing/service";
import { expect, test } from "vitest";
import { type NotesContext, notes, notesService } from "../fixtures/kept/notes.ts";

type Work = (context: NotesContext, orderId: string) => Promise<void>;
type Payments = TestService<NonNullable<(typeof PaymentService)["types"]>>;

const [ada, bob, order] = [randomUUID(), randomUUID(), randomUUID()];

async function open(work: Work) {
  return openTestService(PaymentService, notesService(work));
}

/** Refunds an order with a key. Returns the response, and what the service says of the key. */
async function refund(service: Payments, key: string, { customer = ada, orderId = order } = {}) {
  let status: unknown;
  const onTrailers = (trailers: { get(name: string): unknown }) => {
    status = trailers.get("idempotency-status");
  };
  const headers = { "idempotency-key": key };
  const sent = service.as(customer).refundPayment({ orderId }, { headers, onTrailers });
  const result = await sent.then(
    ({ payment }) => payment,
    ({ code, reason }) => reason || code,
  );
  return { result, status };
}

const count = async (service: Payments) => (await service.query("select from notes")).length;
const addNote = async ({ db }: NotesContext, id: number) => void (await db.insert(notes).values({ id, text: "a" }));

test("a repeated call has one effect, and the same response", async () => {
  let id = 0;
  await using service = await open((context) => addNote(context, ++id));
  const first = await refund(service, "a");
  expect(first).toMatchObject({ status: "stored", result: { orderId: order } });
  expect(await refund(service, "a")).toEqual({ status: "replayed", result: first.result });
  expect([id, await count(service)]).toEqual([1, 1]);
  // Neither another key, nor another principal, nor a call without a key.
  const others = [await refund(service, "b"), await refund(service, "a", { customer: bob })];
  expect(others.map(({ status }) => status)).toEqual(["stored", "stored"]);
  await service.as(ada).refundPayment({ orderId: order });
  expect(await count(service)).toBe(4);
});

test("the same key for another request is a conflict", async () => {
  await using service = await open((context) => addNote(context, 1));
  await refund(service, "a");
  const other = await refund(service, "a", { orderId: randomUUID() });
  expect(other).toEqual({ result: "FAILED_PRECONDITION", status: "conflict" });
});

test("a call that fails has no effect, and may be repeated", async () => {
  let fails = true;
  await using service = await open(async (context) => {
    await addNote(context, 1);
    if (fails) throw PaymentError.notRefundable({ orderId: order });
  });
  expect(await refund(service, "a")).toEqual({ result: "NOT_REFUNDABLE", status: undefined });
  expect(await count(service)).toBe(0);
  fails = false;
  expect(await refund(service, "a")).toMatchObject({ status: "stored" });
  expect(await count(service)).toBe(1);
});

test("of calls at the same time one runs, and the others are told to wait", async () => {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  let runs = 0;
  await using service = await open(async (context) => {
    runs += 1;
    await addNote(context, 1);
    await promise;
  });
  const first = refund(service, "a");
  await expect.poll(() => runs).toBe(1);
  const others = await Promise.all(Array.from({ length: 20 }, () => refund(service, "a")));
  expect(new Set(others.map(({ result }) => result))).toEqual(new Set(["ABORTED"]));
  resolve();
  const { result } = await first;
  expect(await refund(service, "a")).toEqual({ status: "replayed", result });
  expect(runs).toBe(1);
});

test("a process that is lost in the middle leaves neither an effect nor a lock", async () => {
  let isHanging = true;
  await using service = await open(async (context) => {
    await addNote(context, 1);
    if (isHanging) await new Promise(() => {});
  });
  const lost = refund(service, "a");
  const own = "select pid from pg_stat_activity where state = 'idle in transaction' and datname = current_database()";
  await expect.poll(() => service.query(own)).toHaveLength(1);
  // What PostgreSQL does when a process is killed.
  await service.query(`select pg_terminate_backend(pid) from (${own}) as one`);
  isHanging = false;
  await expect.poll(async () => (await refund(service, "a")).status).toBe("stored");
  expect(await count(service)).toBe(1);
  await service.close();
  expect((await lost).status).not.toBe("stored");
});

test("what fails alone is undone alone, as without a key", async () => {
  await using service = await open(async ({ db }, orderId) => {
    await Promise.all([1, 2, 3].map((id) => db.insert(notes).values({ id, text: "a" })));
    await db.insert(notes).values({ id: 1, text: "b" }).catch(ignoreDuplicate);
    await db
      .transaction((tx) =>
        tx.insert(notes).values([
          { id: 4, text: "c" },
          { id: 1, text: "c" },
        ]),
      )
      .catch(ignoreDuplicate);
    await db.transaction(async (tx) => {
      await tx.insert(notes).values({ id: 5, text: "d" });
      await tx.publish(PaymentRefunded, refunded(orderId));
    });
    await db
      .transaction(async (tx) => {
        await tx.publish(PaymentRefunded, refunded(orderId));
        throw new Error("changed its mind");
      })
      .catch(() => {});
  });
  expect(await refund(service, "a")).toMatchObject({ status: "stored" });
  expect(await refund(service, "a")).toMatchObject({ status: "replayed" });
  expect(await service.query("select id from notes order by id")).toEqual([1, 2, 3, 5].map((id) => ({ id })));
  expect(await service.published(PaymentRefunded)).toHaveLength(1);
});

test("transactions that overlap fail together", async () => {
  await using service = await open(async ({ db }) => {
    const both = [1, 2].map((id) =>
      db.transaction(async (tx) => {
        await tx.insert(notes).values({ id, text: "a" });
        await new Promise((resolve) => setTimeout(resolve, id * 20));
      }),
    );
    await Promise.all(both);
  });
  expect(await refund(service, "a")).toEqual({ result: "INTERNAL", status: undefined });
  expect(await count(service)).toBe(0);
});

test("a key is forgotten after a day", async () => {
  let id = 0;
  let isCleaning = false;
  await using service = await open((context) => (isCleaning ? deleteOldResults(context.db) : addNote(context, ++id)));
  const age = (hours: number) =>
    service.query(`update keyed_results set created_at = now() - interval '${hours} hours'`);
  await refund(service, "a");
  await age(23);
  expect(await refund(service, "a")).toMatchObject({ status: "replayed" });
  await age(25);
  expect(await refund(service, "a")).toMatchObject({ status: "stored" });
  expect(id).toBe(2);
  isCleaning = true;
  await service.as(ada).refundPayment({ orderId: order });
  expect(await service.query("select from keyed_results")).toHaveLength(1);
  await age(25);
  await service.as(ada).refundPayment({ orderId: order });
  expect(await service.query("select from keyed_results")).toHaveLength(0);
});

function ignoreDuplicate(error: unknown): void {
  if (!isUniqueViolation(error)) throw error;
}

function refunded(orderId: string) {
  return { paymentId: randomUUID(), orderId, amount: { minorUnits: 1n, currency: "EUR" } };
}
