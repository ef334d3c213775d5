import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import type { MeshError } from "@mesh/contracts";
import pg from "pg";
import type { BoundedPool } from "./bounded-pool.ts";
import { cutConnection, requestCancel } from "./cancel-request.ts";
import { isAborted, isCancelled, isStoreUnavailable, storeFailure } from "./failure.ts";
import { sendTogether } from "./one-write.ts";
import { checkScope, endOf, onAbort, type StoreScope } from "./scope.ts";

/** Something that runs a statement, as Drizzle asks a pool or a client to. */
export interface Statements {
  query(config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult>;
}

/** The most statements without a response that a transaction does not wait for. */
const maxDeferred = 64;

/** The longest that PostgreSQL may take to act on a cancel request, in milliseconds. */
const requestMs = 1_000;

/** How often a statement is cancelled: PostgreSQL ignores a request that arrives before the statement. */
const maxRequests = 6;

/** By how much the deadline of a statement in PostgreSQL may end before ours, in milliseconds: clocks and timers are rounded. */
const roundingMs = 5;

/** A connection of the pool while it works for a scope. When the scope is cancelled, so is the statement that runs. */
export class Lease implements Statements {
  readonly client: pg.PoolClient;
  readonly scope: StoreScope | undefined;
  readonly #forget: (() => void) | undefined;
  #running = 0;
  #failure: unknown;
  /** The failure of a statement that was deferred. */
  #deferredFailure: unknown;
  #deferred = 0;
  #cancelling: Promise<void> | undefined;
  #isBroken = false;
  #onIdle = () => {};
  #onEnd = (_error: MeshError | undefined) => {};

  constructor(client: pg.PoolClient, scope: StoreScope | undefined) {
    this.client = client;
    this.scope = scope;
    this.#forget = scope && onAbort(scope, () => this.#cancel(scope));
  }

  /** Runs a statement. If the scope ends first, rejects with its error. */
  async query(config: pg.QueryConfig | string, values?: unknown[]): Promise<pg.QueryResult> {
    checkScope(this.scope);
    this.#running++;
    sendTogether(this.client);
    try {
      return await this.client.query(config, values);
    } catch (error) {
      this.#failure = error;
      throw this.endAt(error) ?? (isAborted(error) ? await this.#causeOf(error) : error);
    } finally {
      this.#running--;
      if (this.#running === 0) this.#onIdle();
    }
  }

  /**
   * Lets a transaction go on before the response to a statement. If it fails, so do the next statement and the commit, with its error.
   * Waits for it if many have no response yet.
   */
  async defer(statement: PromiseLike<unknown>): Promise<void> {
    this.#deferred++;
    const settled = Promise.resolve(statement)
      .catch((error: unknown) => {
        this.#deferredFailure ??= error;
      })
      .finally(() => this.#deferred--);
    if (this.#deferred >= maxDeferred) await settled;
  }

  /** Returns the error of a transaction that PostgreSQL rolled back when it was to commit. */
  rollbackError(): Promise<unknown> {
    const caught = "PostgreSQL rolled back the transaction: a statement failed and its error was caught";
    return this.#causeOf(new Error(caught));
  }

  /** Resolves with the result of work. Rejects with the error of the scope if it is cancelled first. */
  async race<R>(work: () => Promise<R>): Promise<R> {
    if (!this.scope) return work();
    checkScope(this.scope);
    return new Promise((resolve, reject) => {
      this.#onEnd = reject;
      work().then(resolve, reject);
    });
  }

  /** Returns the error of the scope if it has ended, or if its deadline made PostgreSQL cancel a statement. */
  endAt(error: unknown): MeshError | undefined {
    return this.scope && endOf(this.scope, isCancelled(error) ? roundingMs : 0);
  }

  /** From now on, nothing is cancelled. */
  seal(): void {
    this.#forget?.();
  }

  /** Waits until no statement runs and none is being cancelled. Returns whether the connection can be used on. */
  async settle(): Promise<boolean> {
    this.seal();
    await this.#cancelling;
    if (this.#running > 0) await this.#idle();
    return !this.#isBroken;
  }

  /** Returns the connection to the pool after a single statement, once nothing can cancel what comes next. */
  async release(): Promise<void> {
    const isUsable = this.#cancelling ? await this.settle() : true;
    this.seal();
    this.client.release(isUsable ? lossOf(this.#failure) : true);
  }

  /** Returns the error of a deferred statement if one has failed, else the given one. */
  async #causeOf(error: unknown): Promise<unknown> {
    // Its response came before, but what waits for it may be some promises away.
    await immediate();
    return this.#deferredFailure ?? error;
  }

  #cancel(scope: StoreScope): void {
    this.#onEnd(endOf(scope));
    if (this.#running > 0) this.#cancelling = this.#cancelRunning();
  }

  /** Cancels what runs. Closes the connection if this fails. */
  async #cancelRunning(): Promise<void> {
    try {
      for (let request = 0; this.#running > 0; request++) {
        if (request === maxRequests) throw new Error("the statement goes on");
        await requestCancel(this.client, requestMs);
        await Promise.race([this.#idle(), sleep(10 * 2 ** request, undefined, { ref: false })]);
      }
    } catch {
      this.#isBroken = true;
      cutConnection(this.client);
    }
  }

  #idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onIdle = resolve;
    });
  }
}

/** Returns an error after which a connection can't be used on. */
function lossOf(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  return error instanceof pg.DatabaseError && !isStoreUnavailable(storeFailure(error)) ? undefined : error;
}

/** The statements of a scope outside of a transaction. Each takes a connection of its own. */
export class SingleStatements implements Statements {
  readonly #pool: BoundedPool;
  readonly #scope: StoreScope | undefined;

  constructor(pool: BoundedPool, scope: StoreScope | undefined) {
    this.#pool = pool;
    this.#scope = scope;
  }

  async query(config: pg.QueryConfig, values?: unknown[]): Promise<pg.QueryResult> {
    const lease = new Lease(await this.#pool.take(this.#scope), this.#scope);
    try {
      return await lease.query(config, values);
    } finally {
      await lease.release();
    }
  }
}
