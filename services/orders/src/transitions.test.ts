import { randomUUID } from "node:crypto";
import { CancelReason, OrderStatus } from "@mesh/contracts/orders/v1";
import { MeshError } from "@mesh/service";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OrderStore, openOrderStore, type Published } from "../fixtures/order-store.ts";
import { applyEvent, IllegalTransition } from "./lifecycle.ts";
import { endOverdue } from "./tasks.ts";
import { type OrderEvent, type TransitionTable, transitions } from "./transitions.ts";

let store: OrderStore;

beforeAll(async () => {
  store = await openOrderStore();
});
afterAll(() => store?.[Symbol.asyncDispose]());

interface Stored {
  readonly status: number;
  readonly cancel_reason: number;
  readonly refunded: boolean;
  readonly steps: readonly string[];
}

const paymentId = randomUUID();

async function read(id: string): Promise<Stored | undefined> {
  const [row] = await store.query<Stored>(
    `select status, cancel_reason, refunded_at is not null as refunded,
       array(select number || ' ' || kind from order_steps where order_id = id order by number) as steps
     from orders where id = $1`,
    [id],
  );
  return row;
}

const apply = (id: string, event: OrderEvent, table: TransitionTable = transitions) => {
  return store.transaction((tx) => applyEvent(tx, id, event, { paymentId, table }));
};
const namesOf = (published: readonly Published[]) => published.map(({ name }) => name);

const {
  ORDER_STATUS_PENDING: pending,
  ORDER_STATUS_CONFIRMED: confirmed,
  ORDER_STATUS_CANCELLED: cancelled,
} = OrderStatus;
const {
  CANCEL_REASON_CUSTOMER: byCustomer,
  CANCEL_REASON_PAYMENT_DECLINED: declined,
  CANCEL_REASON_PAYMENT_TIMEOUT: timeout,
} = CancelReason;
const states = { pending, confirmed, cancelled };

/** What an event leaves in the database, and publishes; undefined: nothing. */
type Outcome = readonly [stored: Partial<Stored>, ...published: string[]] | "ignored" | "rejected";

const paid: Outcome = [{ status: confirmed, steps: ["1 placed", "2 confirmed"] }, "OrderConfirmed"];
const cancelledAs = (reason: CancelReason): Outcome => [
  { status: cancelled, cancel_reason: reason, steps: ["1 placed", "2 cancelled"] },
  "OrderCancelled",
];
const refunded: Outcome = [{ refunded: true, steps: ["1 placed", "2 refunded"] }];

/** What is expected of each cell of the table. PlaceOrder, which has the events that are not here, has tests of its own. */
const expected: Record<keyof typeof states, Record<Exclude<OrderEvent, "placed" | "attemptFailed">, Outcome>> = {
  pending: {
    paymentAuthorized: paid,
    paymentFailed: cancelledAs(declined),
    paymentRefunded: refunded,
    customerCancels: cancelledAs(byCustomer),
    paymentOverdue: cancelledAs(timeout),
  },
  confirmed: {
    paymentAuthorized: "ignored",
    paymentFailed: "rejected",
    paymentRefunded: refunded,
    customerCancels: "rejected",
    paymentOverdue: "ignored",
  },
  cancelled: {
    paymentAuthorized: "ignored",
    paymentFailed: "ignored",
    paymentRefunded: refunded,
    customerCancels: "ignored",
    paymentOverdue: "ignored",
  },
};

const cells = Object.entries(expected).flatMap(([state, events]) =>
  Object.entries(events).map(
    ([event, outcome]) => [state, event, outcome] as [keyof typeof states, OrderEvent, Outcome],
  ),
);

describe("an order that is", () => {
  it.each(cells)("%s, when %s", async (state, event, outcome) => {
    const id = await store.insert(states[state]);
    const before = await read(id);
    const published = apply(id, event);
    if (outcome === "rejected") {
      await expect(published).rejects.toThrow(`order ${id} is ${state}, and ${event} is illegal then`);
      await expect(published).rejects.toBeInstanceOf(IllegalTransition);
    }
    const [changes, ...events] = typeof outcome === "string" ? [{}] : outcome;
    expect(namesOf(await published.catch(() => []))).toEqual(events);
    expect(await read(id)).toEqual({ ...before, ...changes });
  });

  it.each(Object.keys(expected.pending) as OrderEvent[])("not stored rejects %s", async (event) => {
    const id = randomUUID();
    await expect(apply(id, event)).rejects.toThrow(`order ${id} is unplaced, and ${event} is illegal then`);
  });
});

it("every state that is not final has a time limit, and the table leads to every state", () => {
  const moves = Object.entries(transitions).flatMap(([from, { on }]) => {
    return Object.values(on).flatMap((one) => ("to" in one && one.to !== from ? [{ from, to: one.to }] : []));
  });
  for (const [name, { status, limit }] of Object.entries(transitions)) {
    const isFinal = !moves.some(({ from }) => from === name);
    if (status !== undefined) expect([name, limit === undefined]).toEqual([name, isFinal]);
  }
  expect([...new Set(moves.map(({ to }) => to))].sort()).toEqual(["cancelled", "confirmed", "pending"]);
});

it("an order that is confirmed and cancelled by many at a time has one outcome", async () => {
  const id = await store.insert(pending);
  const events: OrderEvent[] = ["paymentAuthorized", "customerCancels", "paymentOverdue", "paymentRefunded"];
  const outcomes = await Promise.allSettled([...events, ...events].map((event) => apply(id, event)));
  const published = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? namesOf(outcome.value) : []));
  expect(published).toHaveLength(1);
  const steps = (await read(id))?.steps ?? [];
  expect(steps.filter((step) => /confirmed|cancelled/.test(step))).toHaveLength(1);
  expect(steps.map((step) => Number.parseInt(step, 10))).toEqual([1, 2, 3, 4]);
});

describe("orders in flight, when a new version adds a state", () => {
  // It waits for a second payment before it confirms.
  const halfPaid = 4 as OrderStatus;
  const next: TransitionTable = {
    ...transitions,
    pending: { ...transitions.pending, on: { ...transitions.pending.on, paymentAuthorized: { to: "halfPaid" } } },
    halfPaid: { ...transitions.pending, status: halfPaid },
  };

  it("continue with the new table", async () => {
    const id = await store.insert(pending);
    expect(await apply(id, "paymentAuthorized", next)).toEqual([]);
    expect((await read(id))?.status).toBe(halfPaid);
    expect(namesOf(await apply(id, "paymentAuthorized", next))).toEqual(["OrderConfirmed"]);
    expect(await read(id)).toMatchObject({ status: confirmed, steps: ["1 placed", "2 confirmed"] });
  });

  it("wait for the new version if the old one gets their events, and are as they were", async () => {
    const id = await store.insert(halfPaid);
    const before = await read(id);
    const error = await apply(id, "paymentAuthorized").catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(MeshError);
    expect(error).toMatchObject({
      code: "UNAVAILABLE",
      message: `order ${id} has the status 4, which this version of orders does not know: a newer one continues it`,
    });
    await store.transaction((tx) => endOverdue(tx, new Date(Date.now() + 3_600_000)));
    expect(await read(id)).toEqual(before);
  });

  it("end at the times that the old version has stored", async () => {
    const [late, early] = [await store.insert(pending), await store.insert(pending)];
    await store.query("update orders set payment_due_at = now() + interval '1 h' where id = $1", [early]);
    for (const id of [late, early]) await apply(id, "paymentAuthorized", next);
    const published = await store.transaction((tx) => endOverdue(tx, new Date(Date.now() + 120_000), next));
    expect(published.map(({ event }) => event)).toContainEqual(expect.objectContaining({ orderId: late }));
    expect((await read(late))?.status).toBe(cancelled);
    expect((await read(early))?.status).toBe(halfPaid);
  });
});
