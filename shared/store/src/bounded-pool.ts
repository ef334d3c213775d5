import pg from "pg";
import { waitTimeout } from "./failure.ts";
import { checkScope, endOf, onAbort, type StoreScope } from "./scope.ts";

/** The most requests that wait for a connection. Further ones fail immediately. */
const maxWaiting = 500;

type Callback = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  done: (error?: Error | boolean) => void,
) => void;

/** A request that waits for a connection. */
interface Waiter {
  /** Takes a connection, now that one is free. */
  proceed(): void;
}

/** A pool with a bounded queue, which a request leaves when its scope ends. */
export class BoundedPool extends pg.Pool {
  readonly #isResponding: () => Promise<boolean>;
  readonly #waiting = new Set<Waiter>();

  constructor(config: pg.PoolConfig, isResponding: () => Promise<boolean>) {
    super(config);
    this.#isResponding = isResponding;
    // The connection is free only after this event.
    this.on("release", () => process.nextTick(() => this.#serve()));
  }

  /** The number of requests that wait for a connection. */
  get pendingCount(): number {
    return this.#waiting.size + this.waitingCount;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<pg.PoolClient> | undefined {
    const taken = this.take(undefined);
    if (!callback) return taken;
    taken.then(
      (client) => callback(undefined, client, client.release),
      (error: Error) => callback(error, undefined, () => {}),
    );
    return undefined;
  }

  /** Takes a connection. @throws MeshError the error of the scope, if it ends first */
  async take(scope: StoreScope | undefined): Promise<pg.PoolClient> {
    checkScope(scope);
    try {
      return await (this.#isFree() ? this.#open(scope) : this.#wait(scope));
    } catch (error) {
      const isWait = error instanceof Error && waitTimeout.test(error.message);
      if (!isWait || (await this.#isResponding())) throw error;
      throw new Error("PostgreSQL does not respond", { cause: error });
    }
  }

  /** Returns whether a connection is idle or may be opened, and no earlier request gets it. */
  #isFree(): boolean {
    return this.#waiting.size === 0 && this.#freeCount() > 0;
  }

  #freeCount(): number {
    return this.idleCount + this.options.max - this.totalCount - this.waitingCount;
  }

  /** Takes a free connection, or opens one. */
  async #open(scope: StoreScope | undefined): Promise<pg.PoolClient> {
    const isIdle = this.idleCount > this.waitingCount;
    const connecting = super.connect();
    connecting.catch(() => this.#serve());
    // An idle one comes immediately.
    const client = await (scope && !isIdle ? untilEnd(connecting, scope) : connecting);
    const ended = scope && endOf(scope);
    if (!ended) return client;
    client.release();
    throw ended;
  }

  #wait(scope: StoreScope | undefined): Promise<pg.PoolClient> {
    if (this.#waiting.size >= maxWaiting) throw new Error("too many requests wait for a connection");
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { proceed: () => settle(() => resolve(this.#open(scope))) };
      const settle = (end: () => void) => {
        this.#waiting.delete(waiter);
        clearTimeout(timer);
        forget?.();
        end();
      };
      const leave = () => settle(() => reject(scope && endOf(scope)));
      const expire = () => settle(() => reject(new Error("timeout exceeded when trying to connect")));
      const timer = setTimeout(expire, this.options.connectionTimeoutMillis);
      const forget = scope && onAbort(scope, leave);
      this.#waiting.add(waiter);
    });
  }

  /** Lets the requests proceed for which a connection is free, in their order. All do when the pool ends, and fail. */
  #serve(): void {
    for (const waiter of this.#waiting) {
      if (this.#freeCount() <= 0 && !this.ending) return;
      waiter.proceed();
    }
  }
}

/** Resolves with a connection. If the scope ends first, the connection returns to the pool when it is open. */
function untilEnd(connecting: Promise<pg.PoolClient>, scope: StoreScope): Promise<pg.PoolClient> {
  return new Promise((resolve, reject) => {
    const forget = onAbort(scope, () => {
      reject(endOf(scope));
      void connecting.then((client) => client.release()).catch(() => {});
    });
    connecting.finally(forget).then(resolve, reject);
  });
}
