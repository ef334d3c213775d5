import { formatPrincipal, type Principal } from "@mesh/contracts";
import { transformer } from "@mesh/contracts/transformer";
import type { SharedValues } from "@mesh/events";
import { freezeDeep, type Loaded, MemoryCache, observeCache, openScope, type Scope } from "@mesh/runtime";
import type { ZodType } from "zod";

/** Options of a function whose results are kept. */
export interface CachedOptions<O> {
  /** The name of what is kept, unique in the service: `exchange rates`. */
  readonly name: string;
  /** The longest that a result is kept, in milliseconds; if it is shared, up to an hour. */
  readonly ttlMs: number;
  /**
   * Shares results with all processes of the service, in NATS KV: a new process begins with them, and `forget` holds for all. Needs
   * NATS_URL; while NATS can't be reached, every call computes. The value is the schema of a result: one that another version of
   * the service has written, and that does not match, is computed again. Default: each process keeps its own, in memory.
   */
  readonly shared?: ZodType<O>;
  /**
   * Keeps a result for the principal that it was computed for. Without it all callers get it, so it is computed without a
   * principal.
   */
  readonly perUser?: boolean;
  /** The longest that it may be computed, in milliseconds, however soon its callers leave. Default: 10,000. */
  readonly timeoutMs?: number;
}

/** A function whose results are kept. */
export interface Cached<I, O, C extends Scope = Scope> {
  /**
   * Returns what is kept for an input, or computes it. Equal calls that are open at the same time share one computation, and its
   * error. Errors are not kept.
   *
   * @param context that of the handler
   * @returns a frozen value
   */
  (context: C & WithValues, input: I): Promise<O>;
  /**
   * Forgets the result for an input. A result that is being computed is not kept.
   *
   * @throws MeshError UNAVAILABLE if it is shared and NATS can't be reached
   */
  forget(context: WithValues & Pick<Scope, "principal">, input: I): Promise<void>;
}

/** The part of a service's context that keeps results. */
export interface WithValues {
  readonly values: Values;
}

const defaultTimeoutMs = 10_000;

/**
 * Keeps the results of a function in a service: for what is slow to compute and may be a little old. Inputs and results are what
 * JSON has, and what contracts add to it: dates, bytes and bigints.
 *
 * @param load computes a result. It gets a context of its own, whose signal aborts when all callers have left, and in which there
 *   is nothing that the service's middleware adds.
 *
 * @example
 * ```ts
 * import type { CatalogService } from "@mesh/contracts/catalog/v1";
 * import { cached, type PeerClients, type Scope } from "@mesh/service";
 *
 * type Context = Scope & { peers: PeerClients<{ catalog: typeof CatalogService }> };
 *
 * const productOf = cached(
 *   { name: "products", ttlMs: 60_000 },
 *   (id: string, { peers }: Context) => peers.catalog.getProduct({ id }),
 * );
 * // In a handler: const { product } = await productOf(context, id);
 * ```
 */
export function cached<I, O extends object, C extends Scope = Scope>(
  options: CachedOptions<O>,
  load: (input: I, context: C) => Promise<O>,
): Cached<I, O, C> {
  // The service makes the context of a computation like those of its handlers, and reads only what was encoded here.
  const keep = { ...options, load } as unknown as Wanted;
  return Object.assign((context: C & WithValues, input: I) => context.values.get(keep, context, input) as Promise<O>, {
    forget: ({ values, principal }: WithValues & Pick<Scope, "principal">, input: I) =>
      values.forget(keep, principal, input),
  });
}

/** A cached function, without its types. */
interface Wanted extends CachedOptions<object> {
  readonly load: (input: unknown, context: Scope) => Promise<object>;
}

/** What the values of a service need of it. */
export interface ValuesOptions {
  /** Makes the context of a computation from its scope. */
  readonly contextOf: (scope: Scope) => Scope;
  /** Opens the values that its processes share. Undefined: the service has no NATS. */
  readonly openShared: (() => Promise<SharedValues>) | undefined;
}

/** The most results in the memory of a service. */
const bounds = { maxEntries: 10_000, maxBytes: 64 * 1024 * 1024 };

/** The results that one running service keeps. */
export class Values {
  readonly #options: ValuesOptions;
  readonly #memory = new MemoryCache<object>(bounds);
  #shared: Promise<SharedValues> | undefined;

  constructor(options: ValuesOptions) {
    this.#options = options;
  }

  /** Has the results that were known counted in the metrics of the process. Returns a function that ends this. */
  observe(service: string): () => void {
    return observeCache(service, this.#memory);
  }

  async get(wanted: Wanted, caller: Scope, input: unknown): Promise<object> {
    const { name, ttlMs, perUser, timeoutMs = defaultTimeoutMs } = wanted;
    const principal = perUser ? caller.principal : undefined;
    const key = keyOf(principal, input);
    const { log, trace } = caller;
    return this.#memory.get({ group: name, key, ttlMs, signal: caller.signal }, (signal) => {
      const scope = openScope({ signal, timeoutMs, log, principal, parent: trace });
      return wanted.shared ? this.#share(wanted, `${name}\n${key}`, scope, input) : this.#load(wanted, scope, input);
    });
  }

  async forget(wanted: Wanted, caller: Principal | undefined, input: unknown): Promise<void> {
    const key = keyOf(wanted.perUser ? caller : undefined, input);
    this.#memory.forgetOne({ group: wanted.name, key });
    if (wanted.shared) await (await this.#sharedValues(wanted)).forget(`${wanted.name}\n${key}`);
  }

  async #load({ load }: Wanted, scope: Scope, input: unknown): Promise<Loaded<object>> {
    const value = freezeDeep(await load(input, this.#options.contextOf(scope)));
    return { value, bytes: textOf(value).length };
  }

  /** Another process may write another result at any time, so nothing of it is kept in memory. */
  async #share(wanted: Wanted, key: string, scope: Scope, input: unknown): Promise<Loaded<object>> {
    const shared = await this.#sharedValues(wanted);
    const { bytes, revision } = await shared.read(key);
    const known = bytes && readShared(bytes, wanted.shared);
    if (known) return { value: freezeDeep(known), bytes: 0, ttlMs: 0 };
    const loaded = await this.#load(wanted, scope, input);
    const text = Buffer.from(textOf(loaded.value));
    if (revision !== undefined) await shared.write(key, text, wanted.ttlMs, revision);
    return { ...loaded, ttlMs: 0 };
  }

  #sharedValues({ name }: Wanted): Promise<SharedValues> {
    const { openShared } = this.#options;
    if (!openShared) throw new Error(`the results of ${name} are shared: that needs NATS_URL`);
    this.#shared ??= openShared();
    return this.#shared;
  }
}

/** Results that depend on what a user may do are different ones for other scopes. */
function keyOf(principal: Principal | undefined, input: unknown): string {
  const who = principal && [formatPrincipal(principal), ...[...(principal.scopes ?? [])].sort()];
  return textOf([who, input]);
}

function textOf(value: unknown): string {
  return JSON.stringify(transformer.serialize(value));
}

/** Reads what a process has shared; undefined: another version of the service wrote something else. */
function readShared(bytes: Uint8Array, schema: ZodType<object> | undefined): object | undefined {
  try {
    return schema?.safeParse(transformer.deserialize(JSON.parse(Buffer.from(bytes).toString()))).data;
  } catch {
    return undefined;
  }
}
