import { newTrace } from "@mesh/runtime";
import { testDatabase } from "@mesh/testing";
import { recordTelemetry } from "@mesh/testing/telemetry";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { eq, sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openThings, type Things, things } from "../fixtures/things.ts";

const postgresql = { "db.system.name": "postgresql" };
const select = { ...postgresql, "db.operation.name": "SELECT", "db.query.summary": "SELECT things" };
const secret = "hunter2";

/** Opens a store whose statements are recorded, in the span `work`. */
async function inSpan(work: (store: Things) => Promise<unknown>) {
  const recorded = recordTelemetry();
  await using database = await testDatabase();
  await using store = await openThings(database.url, { name: "things", poolSize: 3 });
  await trace.getTracer("test").startActiveSpan("work", async (span) => {
    await work(store).catch(() => undefined);
    span.end();
  });
  const spanOf = (name: string) => recorded.spans().find((span) => span.name === name);
  return { recorded, spanOf, connections: await recorded.points("db.client.connection.count") };
}

test("a statement has a span with its operation and tables, never its values", async () => {
  const { recorded, spanOf } = await inSpan(async ({ db }) => {
    await db.select().from(things).where(eq(things.name, secret));
    await db.execute(sql.raw(`select 'from ${secret}' as a, 'it''s from ${secret}' as b`));
    await db.insert(things).values({ id: 1, name: secret });
  });
  const found = spanOf("SELECT things");
  expect(found).toMatchObject({ kind: SpanKind.CLIENT, attributes: select, status: { code: SpanStatusCode.UNSET } });
  expect(found?.parentSpanContext?.spanId).toBe(spanOf("work")?.spanContext().spanId);
  expect(recorded.spans().map(({ name }) => name)).toEqual(["SELECT things", "SELECT", "INSERT things", "work"]);
  expect(JSON.stringify(recorded.spans().map(({ name, attributes }) => [name, attributes]))).not.toContain(secret);
});

test("a transaction has a span, and its statements and what runs in it are children", async () => {
  const { spanOf } = await inSpan((store) =>
    store.transaction(async (tx) => {
      await tx.select().from(things);
      trace.getTracer("test").startSpan("own").end();
    }),
  );
  const transaction = spanOf("TRANSACTION");
  expect(transaction?.attributes).toEqual({ ...postgresql, "db.operation.name": "TRANSACTION" });
  expect(transaction?.parentSpanContext?.spanId).toBe(spanOf("work")?.spanContext().spanId);
  for (const name of ["SELECT things", "own"]) {
    expect(spanOf(name)?.parentSpanContext?.spanId).toBe(transaction?.spanContext().spanId);
  }
});

test("a bound statement is part of the scope's span", async () => {
  const parent = newTrace();
  const { spanOf } = await inSpan(async (store) => {
    const scope = { signal: new AbortController().signal, deadline: Date.now() + 60_000 };
    await store
      .bind({ ...scope, trace: { ...parent, sampled: true } })
      .select()
      .from(things);
    await store.bind({ ...scope, trace: { ...parent, sampled: false } }).execute(sql`delete from things`);
  });
  expect(spanOf("SELECT things")?.parentSpanContext).toMatchObject({ traceId: parent.traceId, spanId: parent.spanId });
  expect(spanOf("DELETE things")).toBeUndefined();
});

test("statements outside of recorded work have no spans, and are measured all the same", async () => {
  const recorded = recordTelemetry();
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  await store.db.select().from(things);
  await store.transaction((tx) => tx.select().from(things));
  expect(recorded.spans()).toEqual([]);
  const points = await recorded.points("db.client.operation.duration");
  expect(points).toEqual([{ attributes: select, value: 2 }]);
  expect((await recorded.metric("db.client.operation.duration"))?.descriptor.unit).toBe("s");
});

test("an error has the state of PostgreSQL as its class", async () => {
  const { recorded, spanOf } = await inSpan(({ db }) => db.execute(sql`select ${secret}::int from things`));
  expect(spanOf("SELECT things")).toMatchObject({ attributes: select, status: { code: SpanStatusCode.ERROR } });
  expect(spanOf("SELECT things")?.attributes["error.type"]).toBe("22P02");
  const points = await recorded.points("db.client.operation.duration");
  expect(points).toEqual([{ attributes: { ...select, "error.type": "22P02" }, value: 1 }]);
});

test("the names of statements are bounded", async () => {
  const recorded = recordTelemetry();
  await using database = await testDatabase();
  await using store = await openThings(database.url);
  for (let count = 0; count < 1_100; count++) await store.db.execute(sql.raw(`select 1 as c${count}, '${count}'`));
  const points = await recorded.points("db.client.operation.duration");
  const summaries = new Set(points.map(({ attributes }) => attributes["db.query.summary"]));
  expect([...summaries]).toEqual(["SELECT"]);
});

test("the connections of a pool are counted when metrics are collected", async () => {
  const { connections } = await inSpan(async ({ db }) => db.select().from(things));
  const pool = { "db.client.connection.pool.name": "things" };
  expect(connections).toEqual([
    { attributes: { ...pool, "db.client.connection.state": "idle" }, value: 1 },
    { attributes: { ...pool, "db.client.connection.state": "used" }, value: 0 },
  ]);
});
