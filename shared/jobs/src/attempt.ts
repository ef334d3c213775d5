import { MeshError } from "@mesh/contracts";
import { type Logger, openLimit, openScope, type Scope, type TraceContext } from "@mesh/runtime";
import { isStoreUnavailable, type Schema, type StoreTransaction } from "@mesh/store";
import type PgBoss from "pg-boss";
import { within } from "./boss.ts";
import type { Completions } from "./completions.ts";
import { InvalidJob } from "./invalid-job.ts";
import type { Job, JobContext } from "./job.ts";
import type { Rows } from "./rows.ts";
import { encodeChecked, failureOf, type ReceivedData, readData, toBase64 } from "./stored-job.ts";
import type { AttemptEnd } from "./telemetry/observe-attempt.ts";

/** How long a job waits after an attempt during which the database was unavailable, in seconds. */
const unavailableSeconds = 5;

/** A job that a process has taken. */
export type TakenJob = Pick<PgBoss.JobWithMetadata, "id" | "name" | "data" | "retryCount" | "retryLimit">;

/** Runs a function in a transaction on behalf of a scope. */
export type Transact<Tx> = <R>(scope: Scope, work: (tx: Tx) => Promise<R>) => Promise<R>;

/** The parts that the attempts of a service share. */
export interface AttemptParts<Tx> {
  readonly boss: PgBoss;
  readonly rows: Rows;
  readonly completions: Completions;
  readonly transact: Transact<Tx>;
  /** Adds to the scope what handlers get of their service. */
  readonly contextOf: (scope: Scope) => object;
  readonly log: Logger;
}

/** One attempt to do a job. */
export class Attempt<Tx extends StoreTransaction<Schema>> {
  readonly id: string;
  readonly name: string;
  readonly number: number;
  readonly parent: TraceContext | undefined;
  /** How many processes in a row have ended while they did the job. */
  readonly kills: number;
  readonly #parts: AttemptParts<Tx>;
  readonly #job: Job<JobContext<Tx>>;
  readonly #data: ReceivedData | InvalidJob;
  readonly #isLast: boolean;
  readonly #cut = new AbortController();
  #isCompleted = false;
  #isLeft = false;

  constructor(taken: TakenJob, job: Job<JobContext<Tx>>, parts: AttemptParts<Tx>) {
    this.id = taken.id;
    this.name = taken.name;
    this.number = taken.retryCount + 1;
    this.#isLast = taken.retryCount >= taken.retryLimit;
    this.#parts = parts;
    this.#job = job;
    this.#data = received(taken.data);
    const { parent, kills = 0 }: Partial<ReceivedData> = this.#data instanceof InvalidJob ? {} : this.#data;
    this.parent = parent;
    this.kills = kills;
  }

  /** Ends the attempt. @param then whether another process should do the job, or its row is no longer that of this attempt */
  abort(reason: Error, then: "release" | "leave"): void {
    this.#isLeft = then === "leave";
    this.#cut.abort(reason);
  }

  /** Makes the attempt, and records its result. @returns how it has ended. It never throws. */
  async run(trace: TraceContext | undefined): Promise<AttemptEnd> {
    const { boss, completions } = this.#parts;
    const limit = openLimit(this.#cut.signal, this.#job.definition.timeoutMs);
    try {
      const result = await limit.race(this.#handle(limit.signal, trace));
      if (this.#isCompleted) return {};
      if (this.#job.definition.result) await boss.complete(this.name, this.id, this.#output(result));
      else await completions.add(this);
      return {};
    } catch (error) {
      if (this.#isCompleted) return {};
      return await this.#fail(error);
    } finally {
      limit.end();
    }
  }

  async #handle(signal: AbortSignal, trace: TraceContext | undefined): Promise<unknown> {
    if (this.#data instanceof InvalidJob) throw this.#data;
    const { payload, principal, parent } = this.#data;
    const { timeoutMs } = this.#job.definition;
    const { log } = this.#parts;
    const scope = openScope({ signal, timeoutMs, log, principal, parent, trace });
    const context: JobContext<Tx> = {
      ...scope,
      ...this.#parts.contextOf(scope),
      id: this.id,
      attempt: this.number,
      progress: (done, total = 0, note = "") => this.#parts.rows.report(this, { done, total, note }),
      complete: (work) => this.#complete(scope, work),
    };
    return this.#job.run(payload, context);
  }

  async #complete<R>(scope: Scope, work: (tx: Tx) => Promise<R>): Promise<R> {
    const { boss, transact } = this.#parts;
    const result = await transact(scope, async (tx) => {
      const value = await work(tx);
      // The library counts the jobs that were running, which its types lack.
      const done: unknown = await boss.complete(this.name, this.id, this.#output(value), { db: within(tx) });
      if ((done as { readonly affected: number }).affected === 1) return value;
      throw new MeshError({ code: "CANCELLED", message: "the job was cancelled, or another process has completed it" });
    });
    this.#isCompleted = true;
    return result;
  }

  #output(value: unknown): object {
    const { result } = this.#job.definition;
    return result ? { result: toBase64(encodeChecked(result, value)) } : {};
  }

  /**
   * Records a failure. A job that was cancelled stays so, and one of a process that is ending is done by another. That the database was
   * unavailable is not the job's fault.
   */
  async #fail(error: unknown): Promise<AttemptEnd> {
    const { boss, rows } = this.#parts;
    const log = this.#parts.log.child({ job: this.name, id: this.id, attempt: this.number });
    const isInvalid = error instanceof InvalidJob;
    const isLast = isInvalid || this.#isLast;
    try {
      if (this.#isLeft) return {};
      if (this.#cut.signal.aborted) {
        await rows.release(this);
        return {};
      }
      if (isStoreUnavailable(error)) {
        await rows.release(this, unavailableSeconds);
        log.warn({ err: error }, "a job waits for the database");
        return { error, isLast: false };
      }
      if (this.kills > 0) await rows.forgetKills(this);
      if (isInvalid) await rows.forgoRetries(this);
      await boss.fail(this.name, this.id, { error: failureOf(error) });
      log[isLast ? "error" : "warn"]({ err: error }, isLast ? "a job failed" : "a job failed; trying again");
    } catch (err) {
      log.warn({ err }, "could not record the end of a job; it is done again");
    }
    return { error, isLast };
  }
}

function received(data: unknown): ReceivedData | InvalidJob {
  try {
    return readData(data);
  } catch (error) {
    if (error instanceof InvalidJob) return error;
    throw error;
  }
}
