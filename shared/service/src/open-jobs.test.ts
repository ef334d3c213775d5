import { type Codec, defineJob, defineMessage } from "@mesh/contracts";
import { PaymentFailed, PaymentService } from "@mesh/contracts/testing/payments/v1";
import * as tables from "@mesh/events/tables";
import { schedules } from "@mesh/jobs/tables";
import { keyedResults } from "@mesh/store/tables";
import { absentHandlers, openTestService } from "@mesh/testing/service";
import { expect, test, vi } from "vitest";
import * as z from "zod";
import { payment } from "../fixtures/open-one.ts";
import { type Database, type JobContext, job, on, schedule, type Transaction } from "./index.ts";
import { type Service, service } from "./service.ts";

const schema = { ...tables, keyedResults, schedules };
const store = { schema, migrations: new URL("../fixtures/kept/migrations", import.meta.url) };
type Tx = Transaction<typeof schema>;
type Context = JobContext<Tx> & { readonly db: Database<typeof schema> };

interface Check {
  readonly orderId: string;
}

const codec: Codec<Check> = {
  encode: ({ orderId }) => ({ finish: () => new TextEncoder().encode(orderId) }),
  decode: (bytes: Uint8Array) => ({ orderId: new TextDecoder().decode(bytes) }),
};
const message = defineMessage("test.v1.CheckPayment", codec, z.object({ orderId: z.string() }));
const CheckPayment = defineJob(message, { result: undefined, timeoutMs: 10_000, attempts: 2, retryDelaySeconds: 1 });

const orderId = crypto.randomUUID();
const customer = crypto.randomUUID();
const failed = { paymentId: orderId, orderId, failure: 1 } as const;
const waiting = { timeout: 20_000 };

/** A service that enqueues a job in each call. */
function enqueuing(work: (check: Check, context: Context) => Promise<void>, options: object = {}): Service {
  return service(
    PaymentService,
    { store, jobs: [job(CheckPayment, work)], ...options },
    {
      ...absentHandlers(PaymentService),
      async getPayment({ orderId: id }, { db, jobs }) {
        const jobId = await db.transaction((tx) => tx.enqueue(CheckPayment, { orderId: id }));
        await jobs.result(CheckPayment, jobId);
        return { payment: payment(id) };
      },
      async refundPayment({ orderId: id }, { db }) {
        await db.transaction((tx) => tx.enqueue(CheckPayment, { orderId: id }));
        return { payment: payment(id) };
      },
    },
  );
}

test("a job of a call has the context of its service, and publishes in its transaction", async () => {
  const seen: unknown[] = [];
  const check = enqueuing(async ({ orderId: id }, { principal, db, deadline, signal, attempt, complete }) => {
    seen.push([principal?.id, deadline > Date.now(), signal.aborted, attempt]);
    await db.select().from(tables.outbox);
    await complete((tx) => tx.publish(PaymentFailed, { ...failed, orderId: id }));
  });
  await using opened = await openTestService(PaymentService, check);
  await opened.as(customer).getPayment({ orderId });
  expect(seen).toEqual([[customer, true, false, 1]]);
  expect(await opened.published(PaymentFailed)).toEqual([failed]);
});

test("a repeated call with an idempotency key enqueues one job", async () => {
  const done: string[] = [];
  await using opened = await openTestService(
    PaymentService,
    enqueuing(async ({ orderId: id }) => void done.push(id)),
  );
  const headers = { "idempotency-key": "a" };
  for (const _ of [1, 2]) await opened.as(customer).refundPayment({ orderId }, { headers });
  await vi.waitFor(() => expect(done).toEqual([orderId]), waiting);
  expect(await opened.query("select count(*)::int from pgboss.job")).toEqual([{ count: 1 }]);
});

test("a handler of events enqueues in its transaction, and schedules publish events", async () => {
  const checked: string[] = [];
  const consumer = on(PaymentFailed, async ({ orderId: id }, { tx }: { tx: Tx }) => {
    await tx.enqueue(CheckPayment, { orderId: id });
  });
  const cron = { cron: "* * * * * *", timeZone: "Europe/Berlin" };
  const options = { consumers: [consumer], schedules: [schedule("drill", cron, PaymentFailed, failed)] };
  const check = enqueuing(async ({ orderId: id }) => void checked.push(id), options);
  await using _opened = await openTestService(PaymentService, check);
  await vi.waitFor(() => expect(checked.length).toBeGreaterThan(1), waiting);
  expect(new Set(checked)).toEqual(new Set([orderId]));
});

test("jobs without their table are an error", () => {
  const without = { store: { ...store, schema: { ...tables } }, jobs: [] };
  expect(() => service(PaymentService, without, absentHandlers(PaymentService))).toThrow(
    "payments has jobs or schedules: its store's schema must have schedules, from @mesh/jobs/tables",
  );
});
