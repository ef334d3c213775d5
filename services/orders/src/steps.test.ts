import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OrderStore, openOrderStore } from "../fixtures/order-store.ts";
import { insertStep } from "./store.ts";

let store: OrderStore;

beforeAll(async () => {
  store = await openOrderStore();
});
afterAll(() => store?.[Symbol.asyncDispose]());

/** Adds a step. Returns its number, and how many rows and entries of indexes PostgreSQL has read for it. */
async function addStep(id: string) {
  let read = -1;
  await store.transaction(async (tx) => {
    await insertStep(tx, id, { kind: "refunded", at: new Date() });
    const { rows } = await tx.execute<{ read: number }>(sql`
      select sum(pg_stat_get_xact_tuples_returned(oid))::int as read from pg_class
      where oid = 'order_steps'::regclass or oid in (select indexrelid from pg_index where indrelid = 'order_steps'::regclass)`);
    read = rows[0]?.read ?? -1;
  });
  const last = "select max(number) as number from order_steps where order_id = $1";
  const [row] = await store.query<{ number: number }>(last, [id]);
  return { number: row?.number, read };
}

it("the 1,001st step of an order costs as much as the second", async () => {
  const [few, many, others] = [await store.insert(), await store.insert(), await store.insert()];
  const fill = `insert into order_steps (order_id, number, at, kind)
    select $1, number, now(), 'refunded' from generate_series(2, 1000) as number`;
  for (const id of [many, others]) await store.query(fill, [id]);
  await store.query("analyze order_steps");
  const outcomes = [await addStep(few), await addStep(many)];
  expect(outcomes.map(({ number }) => number)).toEqual([2, 1_001]);
  // The last step itself, and one more that PostgreSQL may look at.
  for (const { read } of outcomes) expect([1, 2]).toContain(read);
});
