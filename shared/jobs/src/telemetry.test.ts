import { MeshError } from "@mesh/contracts";
import { testDatabase } from "@mesh/testing";
import { recordTelemetry } from "@mesh/testing/telemetry";
import { SpanKind, trace } from "@opentelemetry/api";
import { expect, test, vi } from "vitest";
import { type Context, openPart, type Tx } from "../fixtures/part.ts";
import { Chore, Work } from "../fixtures/work.ts";
import { InvalidJob, job, schedule } from "./index.ts";

const quick = { pollMs: 50, leaseMs: 2_000 };
const waiting = { timeout: 20_000 };
const common = {
  "typemesh.service": "part",
  "messaging.system.name": "postgresql",
  "messaging.destination.name": "test.v1.Chore",
};

test("one trace goes from the enqueuer to the job, with a span for each attempt", async () => {
  const recorded = recordTelemetry();
  await using database = await testDatabase();
  const active: (string | undefined)[] = [];
  const failing = job(Chore, async (_, { attempt, log, store }: Context) => {
    active.push(trace.getActiveSpan()?.spanContext().traceId);
    log.info("an attempt");
    await store.db.execute("select 1");
    if (attempt === 1) throw new MeshError({ code: "UNAVAILABLE", message: "secret" });
  });
  await using part = await openPart(database.url, [failing], quick);
  const span = trace.getTracer("test").startSpan("sender");
  const { traceId, spanId } = span.spanContext();
  const sender = { principal: undefined, trace: { traceId, spanId, sampled: true, span } };
  const id = await part.store.transaction(async (tx) => {
    const { tx: own } = part.open.extend(tx, sender);
    return (own as unknown as Tx).enqueue(Chore, { thing: "secret", number: 1 });
  });
  await part.jobs.result(Chore, id);
  const spansOf = (name: string) => recorded.spans().filter((one) => one.name === name);
  await vi.waitFor(() => expect(spansOf("process test.v1.Chore")).toHaveLength(2), waiting);
  const [producer] = spansOf("enqueue test.v1.Chore");
  expect(producer).toMatchObject({ kind: SpanKind.PRODUCER, parentSpanContext: { traceId, spanId } });
  expect(producer?.attributes).toMatchObject({ "messaging.message.id": id, "messaging.operation.type": "send" });
  const attempts = spansOf("process test.v1.Chore");
  for (const attempt of attempts) {
    expect(attempt).toMatchObject({
      kind: SpanKind.CONSUMER,
      parentSpanContext: { traceId, spanId: producer?.spanContext().spanId },
    });
  }
  expect(attempts.map(({ attributes }) => [attributes["typemesh.job.attempt"], attributes["error.type"]])).toEqual([
    [1, "UNAVAILABLE"],
    [2, undefined],
  ]);
  expect(active).toEqual([traceId, traceId]);
  const lines = part.logged.filter(({ msg }) => msg === "an attempt");
  expect(lines.map((line) => line.traceId)).toEqual([traceId, traceId]);
  expect(JSON.stringify(recorded.spans().map(({ attributes }) => attributes))).not.toContain("secret");
  span.end();
});

test("jobs are counted by state, with the age of the oldest, and attempts by the class of their error", async () => {
  const recorded = recordTelemetry();
  await using database = await testDatabase();
  const failing = job(Chore, async ({ number }, { attempt }: Context) => {
    if (number === 2) throw new InvalidJob("secret");
    if (attempt === 1) throw new MeshError({ code: "UNAVAILABLE", message: "secret" });
  });
  const idle = job(Work, async () => ({ sum: 0 }), { concurrency: 0 });
  await using part = await openPart(database.url, [failing, idle], quick);
  expect(await recorded.points("typemesh.job.failures")).toContainEqual({ attributes: common, value: 0 });
  const [first, second] = await part.transaction(async (tx) => {
    await tx.enqueue(Work, { thing: "a", number: 1 });
    await tx.enqueue(Work, { thing: "a", number: 1 }, { delayMs: 60_000 });
    return [
      await tx.enqueue(Chore, { thing: "a", number: 1 }),
      await tx.enqueue(Chore, { thing: "a", number: 2 }),
    ] as const;
  });
  await part.jobs.result(Chore, first);
  await expect(part.jobs.result(Chore, second)).rejects.toThrow("secret");
  await vi.waitFor(async () => {
    const points = await recorded.points("typemesh.job.duration");
    expect(points.map(({ attributes, value }) => [attributes["error.type"], value])).toEqual(
      expect.arrayContaining([
        ["UNAVAILABLE", 1],
        ["_OTHER", 1],
        [undefined, 1],
      ]),
    );
  }, waiting);
  expect(await recorded.points("typemesh.job.retries")).toContainEqual({ attributes: common, value: 1 });
  expect(await recorded.points("typemesh.job.failures")).toContainEqual({ attributes: common, value: 1 });
  const own = { ...common, "messaging.destination.name": "test.v1.Work" };
  const counts = (await recorded.points("typemesh.jobs")).filter(
    ({ attributes }) => attributes["messaging.destination.name"] === "test.v1.Work",
  );
  expect(counts).toEqual([
    { attributes: { ...own, "typemesh.job.state": "due" }, value: 1 },
    { attributes: { ...own, "typemesh.job.state": "later" }, value: 1 },
    { attributes: { ...own, "typemesh.job.state": "running" }, value: 0 },
    { attributes: { ...own, "typemesh.job.state": "failed" }, value: 0 },
  ]);
  const ages = await recorded.points("typemesh.jobs.age");
  expect(
    ages.find(({ attributes }) => attributes["messaging.destination.name"] === "test.v1.Work")?.value,
  ).toBeGreaterThan(0);
});

test("what a schedule starts is a trace of its own", async () => {
  const recorded = recordTelemetry();
  await using database = await testDatabase();
  const chore = job(Chore, async () => {});
  const schedules = [schedule("drill", { cron: "* * * * * *" }, Chore, { thing: "a", number: 1 })];
  await using _part = await openPart(database.url, [chore], { ...quick, schedules });
  await vi.waitFor(() => {
    const root = recorded.spans().find(({ name }) => name === "schedule drill");
    const process = recorded.spans().find(({ name }) => name === "process test.v1.Chore");
    expect(root?.parentSpanContext).toBeUndefined();
    expect(process?.spanContext().traceId).toBe(root?.spanContext().traceId);
  }, waiting);
});
