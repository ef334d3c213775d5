// Enqueues and does jobs that do nothing, in turns: typed ones, and those of pg-boss by itself. Prints medians as JSON.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { argv, cpuUsage, exit, stdout } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { openPart } from "../../shared/jobs/fixtures/part.ts";
import { Chore } from "../../shared/jobs/fixtures/work.ts";
import { createBoss, within } from "../../shared/jobs/src/boss.ts";
import { job } from "../../shared/jobs/src/job.ts";
import { createDatabase } from "../../tools/dev/src/servers/database.ts";
import { startPostgres } from "../../tools/dev/src/servers/postgres.ts";

const [count, rounds, folder] = [Number(argv[2]), Number(argv[3]), argv[4]];
const payload = { thing: "a", number: 1 };
const inFlight = 20;
const never = 3_600_000;

const dir = join(folder, "postgres");
mkdirSync(dir);
const postgres = await startPostgres({ dir, durable: false });
const url = await createDatabase(postgres.url, "jobs");
let done = 0;
const handled = job(
  Chore,
  async () => {
    done += 1;
  },
  { concurrency: inFlight },
);
// One enqueues, and wakes the other, which does jobs. So some are done while others are enqueued, and only the sums compare.
const sender = await openPart(url, [job(Chore, async () => {}, { concurrency: 0 })], { pollMs: never });
const worker = await openPart(url, [handled], { pollMs: never, leaseMs: never });
const boss = createBoss(worker.store, { warn: () => {} });
await boss.start();
await boss.createQueue("own");

const terms = { retryLimit: 1, retryDelay: 1, retryBackoff: true, expireInSeconds: 30 };
const steps = {
  typed: {
    enqueue() {
      done = 0;
      return inParallel(() => sender.transaction((tx) => tx.enqueue(Chore, payload)));
    },
    async run() {
      await worker.transaction((tx) => tx.enqueue(Chore, payload));
      while (done <= count) await sleep(20);
      await sleep(50);
    },
  },
  own: {
    enqueue: () =>
      inParallel(() => sender.store.transaction((tx) => boss.send("own", payload, { ...terms, db: within(tx) }))),
    run: runOwn,
  },
};
const measured = [];
for (let round = 0; round < rounds + 2; round++) {
  const names = round % 2 ? ["typed", "own"] : ["own", "typed"];
  const result = {};
  for (const step of ["enqueue", "run"]) {
    for (const name of names) result[`${name} ${step}`] = await cost(steps[name][step]);
  }
  // In the first rounds, V8 compiles.
  if (round >= 2) measured.push(result);
}
const all = measured.map((one) => ({
  ...one,
  "typed total": one["typed enqueue"] + one["typed run"],
  "own total": one["own enqueue"] + one["own run"],
}));
const report = Object.fromEntries(
  ["enqueue", "run", "total"].map((step) => {
    const [typed, own] = ["typed", "own"].map((name) => median(all.map((one) => one[`${name} ${step}`])));
    return [step, { typed, own, ratio: median(all.map((one) => one[`typed ${step}`] / one[`own ${step}`])) }];
  }),
);
stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
for (const part of [sender, worker]) await part[Symbol.asyncDispose]();
await postgres.stop();
exit();

async function inParallel(work) {
  for (let at = 0; at < count; at += inFlight) await Promise.all(Array.from({ length: inFlight }, work));
}

/** Takes as many as have room, and completes each. */
async function runOwn() {
  const running = new Set();
  for (;;) {
    const jobs = await boss.fetch("own", { batchSize: inFlight - running.size, includeMetadata: true });
    if (jobs.length === 0) break;
    for (const { id } of jobs) {
      const completing = boss.complete("own", id, {}).finally(() => running.delete(completing));
      running.add(completing);
    }
    if (running.size >= inFlight) await Promise.race(running);
  }
  await Promise.all(running);
}

/** CPU time of this process for one job, in microseconds. */
async function cost(step) {
  const before = cpuUsage();
  await step();
  const { user, system } = cpuUsage(before);
  return (user + system) / count;
}

function median(values) {
  return values.toSorted((one, other) => one - other)[values.length >> 1];
}
