import { setTimeout as sleep } from "node:timers/promises";
import { backoffMs } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type Store, type StoreTransaction } from "@mesh/store";
import { runStatement } from "@mesh/store/run-statement";
import { Announcements } from "./announcements.ts";
import { Attempt, type AttemptParts, type TakenJob } from "./attempt.ts";
import { within } from "./boss.ts";
import type { Job, JobContext } from "./job.ts";
import { isFree, type Queue, queuesOf } from "./queue.ts";
import { suspectKills } from "./suspects.ts";

/** Options of a dispatcher. */
export interface DispatcherOptions<Tx> extends AttemptParts<Tx> {
  readonly store: Store<Schema>;
  /** The slug of the service. */
  readonly service: string;
  readonly jobs: readonly Job<JobContext<Tx>>[];
  /** The pause between two looks into the queues without a poke, in milliseconds. */
  readonly pollMs: number;
}

/** The time that handlers have to end after they were aborted, in milliseconds. */
const abortMs = 500;

/** How long a suspect job waits for another one that is tried, in seconds. */
const behindSuspectSeconds = 1;

/** Takes jobs that are due and does them, as many at a time as the options of each say. */
export class Dispatcher<Tx extends StoreTransaction<Schema>> {
  readonly #options: DispatcherOptions<Tx>;
  readonly #queues: ReadonlyMap<string, Queue<Tx>>;
  readonly #running = new Map<string, Attempt<Tx>>();
  readonly #ended = new Set<Promise<void>>();
  readonly #poked = new Set<string>();
  /** The names of jobs that were enqueued here. */
  readonly #enqueued = new Set<string>();
  readonly #announcements: Announcements;
  readonly #unlisten: () => void;
  readonly #loop: Promise<void>;
  #wake = () => {};
  #isClosing = false;

  constructor(options: DispatcherOptions<Tx>) {
    this.#options = options;
    this.#queues = queuesOf(options.jobs, options.service);
    this.#announcements = new Announcements(options.store, options.log);
    this.#unlisten = this.#announcements.listen((name) => this.poke([name]));
    this.#loop = this.#run();
  }

  /** The attempts that run here. */
  get running(): Iterable<Attempt<Tx>> {
    return this.#running.values();
  }

  /** Looks into queues now instead of after the pause. */
  poke(names: Iterable<string>): void {
    for (const name of names) this.#poked.add(name);
    this.#wake();
  }

  /** Begins jobs that were enqueued here. If there is no room for them, other processes are notified. */
  enqueued(names: Iterable<string>): void {
    for (const name of names) this.#enqueued.add(name);
    this.poke(names);
  }

  /** Ends an attempt that runs here, of a job that was cancelled or is another process's. */
  abort(id: string, reason: Error): void {
    this.#running.get(id)?.abort(reason, "leave");
  }

  /** Takes no more jobs, and waits for those that run. After the limit they are aborted, for another process to do. */
  async close(drainMs: number): Promise<void> {
    this.#isClosing = true;
    this.#unlisten();
    this.#wake();
    await this.#loop;
    this.#announcements.close();
    const ended = Promise.all(this.#ended);
    const late = setTimeout(() => {
      for (const attempt of this.#running.values()) attempt.abort(new Error("the process is ending"), "release");
    }, drainMs);
    await Promise.race([ended, sleep(drainMs + abortMs, undefined, { ref: false })]);
    clearTimeout(late);
  }

  async #run(): Promise<void> {
    const { rows, pollMs, log } = this.#options;
    let failures = 0;
    while (!this.#isClosing) {
      try {
        const names = this.#poked.size > 0 ? [...this.#poked] : await rows.due(this.#free());
        this.#poked.clear();
        for (const name of names) await this.#take(name);
        failures = 0;
      } catch (error) {
        failures += 1;
        // The store itself reports that the database is lost.
        if (failures === 1 && !isStoreUnavailable(error)) log.warn({ err: error }, "jobs wait: the database failed");
      }
      if (this.#poked.size === 0) await this.#pause(failures > 0 ? backoffMs(failures, { baseMs: pollMs }) : pollMs);
    }
  }

  #free(): string[] {
    return [...this.#queues.values()].filter(isFree).map(({ name }) => name);
  }

  /** Takes as many jobs of a name as can begin. */
  async #take(name: string): Promise<void> {
    const queue = this.#queues.get(name);
    if (!queue || this.#isClosing) return;
    const isEnqueuedHere = this.#enqueued.delete(name);
    queue.hasMore = true;
    const wanted = queue.concurrency - queue.running;
    const taken = isFree(queue) ? await this.#fetch(queue, wanted) : [];
    queue.hasMore = taken.length === wanted;
    if (isEnqueuedHere && queue.hasMore) this.#announcements.add(name);
    const attempts = taken.map((one) => new Attempt(one, queue.job, this.#options));
    for (const attempt of await this.#withOneSuspect(attempts)) this.#begin(queue, attempt);
  }

  /** Returns those that can begin. Suspects wait while another is tried, so that a process that ends shows which it was. */
  async #withOneSuspect(attempts: readonly Attempt<Tx>[]): Promise<Attempt<Tx>[]> {
    const isSuspect = ({ kills }: Attempt<Tx>) => kills >= suspectKills;
    const suspect = [...this.#running.values(), ...attempts].find(isSuspect);
    const waiting = attempts.filter((attempt) => isSuspect(attempt) && attempt !== suspect);
    await Promise.all(waiting.map((attempt) => this.#options.rows.release(attempt, behindSuspectSeconds)));
    return attempts.filter((attempt) => !waiting.includes(attempt));
  }

  async #fetch({ name, job }: Queue<Tx>, wanted: number): Promise<TakenJob[]> {
    const { boss, store, rows } = this.#options;
    const { rate } = job.options;
    const fetch = (batchSize: number, db?: ReturnType<typeof within>) =>
      boss.fetch(name, { batchSize, includeMetadata: true, ...(db && { db }) }) as Promise<TakenJob[]>;
    if (!rate) return fetch(wanted);
    return store.transaction(async (tx) => {
      await runStatement(tx, "select pg_advisory_xact_lock(hashtextextended($1, 0))", [`jobs ${name}`]);
      const left = rate.count - (await rows.startedWithin(tx, name, rate.seconds));
      return left > 0 ? fetch(Math.min(left, wanted), within(tx)) : [];
    });
  }

  #begin(queue: Queue<Tx>, attempt: Attempt<Tx>): void {
    this.#running.set(attempt.id, attempt);
    queue.running += 1;
    const call = { id: attempt.id, attempt: attempt.number, parent: attempt.parent };
    const ended = queue
      .observe(call, (trace) => attempt.run(trace))
      .finally(() => {
        this.#running.delete(attempt.id);
        this.#ended.delete(ended);
        queue.running -= 1;
        if (queue.hasMore) this.poke([queue.name]);
      });
    this.#ended.add(ended);
  }

  async #pause(ms: number): Promise<void> {
    if (this.#isClosing) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
