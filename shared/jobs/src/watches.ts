import { MeshError } from "@mesh/contracts";
import { type Logger, repeat } from "@mesh/runtime";
import { isStoreUnavailable } from "@mesh/store";
import type PgBoss from "pg-boss";
import type { JobKey, JobRow, Rows } from "./rows.ts";

/** Options of the watches of a service. */
export interface WatchesOptions {
  readonly boss: PgBoss;
  readonly rows: Rows;
  readonly log: Logger;
  /** The pause between two looks at all jobs that are watched, in milliseconds. */
  readonly intervalMs: number;
}

/** A loop over the states of a job. */
interface Watcher {
  readonly key: JobKey;
  /** Receives the row when it differs from the one before; undefined: there is none in the table of jobs. */
  notify(row: JobRow | undefined): void;
}

const ended: ReadonlySet<JobRow["state"]> = new Set(["completed", "cancelled", "failed"]);

/** Reads the states of jobs for all that watch some, by one statement at a time, because NOTIFY would serialize commits. */
export class Watches {
  readonly #options: WatchesOptions;
  readonly #watchers = new Set<Watcher>();
  readonly #closing = new AbortController();
  #reading: Promise<void> | undefined;

  constructor(options: WatchesOptions) {
    this.#options = options;
  }

  /** Returns the row of a job, also if it is in the archive. */
  async read({ name, id }: JobKey): Promise<JobRow | undefined> {
    const found = await this.#options.boss.getJobById(name, id, { includeArchive: true });
    if (!found) return undefined;
    const { state, output, retryCount, startedOn } = found;
    return { id, state, output, attempts: retryCount + (startedOn ? 1 : 0) };
  }

  /** Iterates over the states of a job until it has ended, or the signal aborts. @throws MeshError NOT_FOUND */
  async *watch(key: JobKey, signal: AbortSignal): AsyncGenerator<JobRow> {
    let last = await this.#readKnown(key);
    yield last;
    const waiting = waitingRows();
    const watcher: Watcher = { key, notify: waiting.put };
    this.#watchers.add(watcher);
    this.#start();
    signal.addEventListener("abort", waiting.end);
    this.#closing.signal.addEventListener("abort", waiting.end);
    try {
      while (!ended.has(last.state) && !signal.aborted && !this.#closing.signal.aborted) {
        const next = await waiting.take();
        if (next === "ended") return;
        const row: JobRow = next ?? (await this.#readKnown(key));
        if (JSON.stringify(row) === JSON.stringify(last)) continue;
        last = row;
        yield row;
      }
    } finally {
      this.#watchers.delete(watcher);
      signal.removeEventListener("abort", waiting.end);
      this.#closing.signal.removeEventListener("abort", waiting.end);
    }
  }

  /** Ends all loops. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#reading;
  }

  async #readKnown(key: JobKey): Promise<JobRow> {
    const row = await this.read(key);
    if (row) return row;
    throw new MeshError({ code: "NOT_FOUND", message: `there is no ${key.name} with this id` });
  }

  /** Looks at the jobs again and again while some are watched. */
  #start(): void {
    if (this.#reading) return;
    const { intervalMs, log } = this.#options;
    const idle = new AbortController();
    const step = async () => {
      if (this.#watchers.size === 0) return idle.abort();
      await this.#look();
    };
    const signal = AbortSignal.any([idle.signal, this.#closing.signal]);
    const onFailure = (err: unknown, failures: number) => {
      if (failures === 1 && !isStoreUnavailable(err)) log.warn({ err }, "could not read the states of jobs");
    };
    this.#reading = repeat(step, { signal, intervalMs, onFailure }).finally(() => {
      this.#reading = undefined;
      if (this.#watchers.size > 0 && !this.#closing.signal.aborted) this.#start();
    });
  }

  async #look(): Promise<void> {
    const watchers = [...this.#watchers];
    const found = new Map(
      (await this.#options.rows.states(watchers.map(({ key }) => key))).map((row) => [row.id, row]),
    );
    for (const { key, notify } of watchers) notify(found.get(key.id));
  }
}

/** Holds the latest row for a loop that may be slow. */
function waitingRows() {
  let latest: { readonly row: JobRow | undefined } | undefined;
  let isEnded = false;
  let wake = () => {};
  return {
    put(row: JobRow | undefined) {
      latest = { row };
      wake();
    },
    end() {
      isEnded = true;
      wake();
    },
    async take(): Promise<JobRow | undefined | "ended"> {
      while (!latest && !isEnded) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (!latest || isEnded) return "ended";
      const { row } = latest;
      latest = undefined;
      return row;
    },
  };
}
