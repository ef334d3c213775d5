import {
  type EventAddress,
  MeshError,
  type MethodCache,
  type MethodDefinition,
  type ServiceDefinition,
} from "@mesh/contracts";
import { type CacheBounds, MemoryCache, observeCache, openLimit, type Scope } from "@mesh/runtime";
import { keepResponse, keptResponse } from "./kept-response.ts";

/** The call whose response may be known. */
export interface CachedCall {
  readonly method: MethodDefinition;
  /** As its schema returns it. */
  readonly request: unknown;
  readonly scope: Scope;
}

/** Calls the service, as part of a scope. */
export type LoadResponse = (scope: Scope) => unknown;

/** The size of a response and its texts in memory, as a multiple of its size in protobuf. */
const sizeFactor = 8;

/** The responses that a gateway keeps, of the methods whose contract has the option `cache`. */
export class ResponseCache {
  readonly #responses: MemoryCache<object>;
  readonly #loadTimeoutMs: number;
  /** The events after which responses are forgotten, by name, with the paths of the methods. */
  readonly #events = new Map<string, { readonly event: EventAddress; readonly paths: Set<string> }>();
  /** The events that do not arrive. */
  readonly #missing = new Set<string>();

  /**
   * Keeps nothing of methods that have `invalidated_by` until `setLive` says that their events arrive.
   *
   * @param loadTimeoutMs the longest that a call to a service may take
   */
  constructor(services: readonly ServiceDefinition[], bounds: CacheBounds, loadTimeoutMs: number) {
    this.#responses = new MemoryCache(bounds);
    this.#loadTimeoutMs = loadTimeoutMs;
    for (const { path, cache } of services.flatMap(({ methods }) => Object.values(methods))) {
      for (const event of cache?.invalidatedBy ?? []) this.#add(event, path);
    }
    for (const event of this.events) this.setLive(event, false);
  }

  /** Has the responses that were known counted in the metrics of the process. Returns a function that ends this. */
  observe(): () => void {
    return observeCache("responses", this.#responses);
  }

  /** The events after which responses are forgotten. */
  get events(): readonly EventAddress[] {
    return [...this.#events.values()].map(({ event }) => event);
  }

  /** Returns a response that is known, or calls the service. All callers of equal requests share one call, and its error. */
  async get(cache: MethodCache, { method, request, scope }: CachedCall, load: LoadResponse): Promise<unknown> {
    const key = keyOf(method, request, cache.perUser ? scope : undefined);
    const known = this.#responses.peek({ group: method.path, key });
    if (known) return known;
    const limit = openLimit(scope.signal, scope.deadline - Date.now());
    const wanted = { group: method.path, key, ttlMs: cache.ttlMs, signal: limit.signal };
    try {
      return await this.#responses.get(wanted, async (signal) => {
        // Not a spread: the properties of a scope may be those of its class.
        const { principal, trace, log } = scope;
        const shared = { principal, trace, log, signal, deadline: Date.now() + this.#loadTimeoutMs };
        // A unary method returns a message.
        const value = (await load(shared)) as object;
        if (!keptResponse(value)) keepResponse(value, method, cache);
        return { value, bytes: key.length + sizeFactor * method.output.encode(value).byteLength };
      });
    } catch (error) {
      // The reason of a signal is no error of a call.
      if (error !== scope.signal.reason || error instanceof MeshError) throw error;
      throw new MeshError({ code: "CANCELLED", message: "the client left", cause: error });
    } finally {
      limit.end();
    }
  }

  /** Forgets the responses that depend on an event. */
  forget({ typeName }: Pick<EventAddress, "typeName">): void {
    for (const path of this.#pathsOf(typeName)) this.#responses.forget(path);
  }

  /** Sets whether an event arrives. While one does not, no response that depends on it is kept. */
  setLive({ typeName }: Pick<EventAddress, "typeName">, isLive: boolean): void {
    if (isLive) this.#missing.delete(typeName);
    else this.#missing.add(typeName);
    for (const path of this.#pathsOf(typeName)) {
      const lacks = [...this.#missing].some((event) => this.#pathsOf(event).has(path));
      if (lacks) this.#responses.suspend(path);
      else this.#responses.resume(path);
    }
  }

  #pathsOf(event: string): ReadonlySet<string> {
    return this.#events.get(event)?.paths ?? new Set();
  }

  #add(event: EventAddress, path: string): void {
    const known = this.#events.get(event.typeName) ?? { event, paths: new Set<string>() };
    this.#events.set(event.typeName, known);
    known.paths.add(path);
  }
}

/** Equal requests have equal bytes, unless the order in a map differs, which only costs a call. */
function keyOf(method: MethodDefinition, request: unknown, scope: Scope | undefined): string {
  const bytes = Buffer.from(method.input.encode(request)).toString("latin1");
  if (!scope) return bytes;
  // What a user may see can depend on the scopes of a session or token.
  const scopes = [...(scope.principal?.scopes ?? [])].sort().join(" ");
  return `${scope.principal?.kind} ${scope.principal?.id} ${scopes}\n${bytes}`;
}
