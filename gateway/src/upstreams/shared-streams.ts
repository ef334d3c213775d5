import { MeshError, type MethodDefinition, type MethodShare } from "@mesh/contracts";
import type { CallMethod, PeerDefinitions, Upstream } from "@mesh/rpc";
import type { Scope } from "@mesh/runtime";

type Methods = Pick<Upstream, "method">;

/** Opens streams of methods with `share` once for all callers with the same request. */
export function shareStreams(
  services: PeerDefinitions,
  upstreams: Readonly<Record<string, Methods>>,
): Readonly<Record<string, Methods>> {
  const shared = Object.entries(services).flatMap(([name, { methods }]) => {
    const upstream = upstreams[name];
    if (!upstream) return [];
    const method = (key: string): CallMethod => {
      const [definition, call] = [methods[key], upstream.method(key)];
      return definition?.share ? sharedCall(definition, definition.share, call) : call;
    };
    return [[name, { method }] as const];
  });
  return Object.fromEntries(shared);
}

/** Makes a call that joins the stream of an equal one. Its options are those of the first call. */
function sharedCall({ input: type }: MethodDefinition, share: MethodShare, call: CallMethod): CallMethod {
  const open = new Map<string, SharedStream>();
  return (scope, input, options) => {
    if (!scope) return call(scope, input, options);
    const key = Buffer.from(type.encode(input)).toString("base64");
    const begin = (signal: AbortSignal) => {
      // As long as there are subscribers. The service ends it after the time that its contract gives.
      const own = { ...scope, signal, deadline: Number.MAX_SAFE_INTEGER };
      return call(own, input, options) as AsyncIterable<unknown>; // A method of this kind returns one.
    };
    const forget = (ended: SharedStream) => {
      if (open.get(key) === ended) open.delete(key);
    };
    return follow(scope, () => {
      const stream = open.get(key) ?? new SharedStream(share, begin, forget);
      open.set(key, stream);
      return stream;
    });
  };
}

async function* follow({ signal }: Scope, join: () => SharedStream): AsyncGenerator<unknown, void> {
  const follower = new Follower();
  const stream = join();
  stream.add(follower);
  const stop = () => follower.wake();
  signal.addEventListener("abort", stop);
  try {
    while (!signal.aborted) {
      yield* follower.take();
      if (follower.isEnded) return;
      if (!signal.aborted) await follower.arrival();
    }
  } finally {
    signal.removeEventListener("abort", stop);
    stream.remove(follower);
  }
}

/** Opens a stream of a service. */
type Begin = (signal: AbortSignal) => AsyncIterable<unknown>;

/** One stream of a service, and all who follow it. */
class SharedStream {
  readonly #keyOf: (response: unknown) => unknown;
  readonly #begin: Begin;
  readonly #onEnd: (stream: SharedStream) => void;
  readonly #leaving = new AbortController();
  readonly #followers = new Set<Follower>();
  /** The last response of each key. */
  readonly #latest = new Map<unknown, unknown>();

  constructor({ key }: MethodShare, begin: Begin, onEnd: (stream: SharedStream) => void) {
    this.#keyOf = (response) => key.reduce<unknown>((scope, name) => Reflect.get(Object(scope), name), response);
    this.#begin = begin;
    this.#onEnd = onEnd;
    void this.#read();
  }

  /** Adds a follower, which first gets the last response of each key. */
  add(follower: Follower): void {
    this.#followers.add(follower);
    for (const [key, response] of this.#latest) follower.put(key, response);
  }

  /** Removes a follower. Without any, the stream ends. */
  remove(follower: Follower): void {
    this.#followers.delete(follower);
    if (this.#followers.size > 0) return;
    this.#onEnd(this);
    this.#leaving.abort(new Error("no subscriber is left"));
  }

  async #read(): Promise<void> {
    const { signal } = this.#leaving;
    let failure: unknown;
    try {
      for await (const response of this.#begin(signal)) {
        const key = this.#keyOf(response);
        this.#latest.set(key, response);
        for (const follower of this.#followers) follower.put(key, response);
      }
    } catch (error) {
      failure = isOver(error) ? renewal(error) : error;
    }
    this.#onEnd(this);
    for (const follower of this.#followers) follower.end(failure);
  }
}

/** Returns true if the service has ended a stream that has reached its deadline. */
function isOver(error: unknown): boolean {
  return error instanceof MeshError && error.code === "DEADLINE_EXCEEDED";
}

/** After this error clients open the stream again. */
function renewal(cause: unknown): MeshError {
  return new MeshError({ code: "UNAVAILABLE", message: "the stream reached its time limit", retryAfterMs: 0, cause });
}

/**
 * One who follows a stream, and the responses that wait for it: at most one of each key. A slow client thus gets the latest, and
 * no more memory is used for it.
 */
class Follower {
  readonly #pending = new Map<unknown, unknown>();
  #failure: unknown;
  #isEnded = false;
  wake = () => {};

  get isEnded(): boolean {
    return this.#isEnded && this.#pending.size === 0;
  }

  put(key: unknown, response: unknown): void {
    // It goes to the end of the line.
    this.#pending.delete(key);
    this.#pending.set(key, response);
    this.wake();
  }

  end(failure: unknown): void {
    this.#isEnded = true;
    this.#failure = failure;
    this.wake();
  }

  /** Returns what waits. @throws what has ended the stream, after all responses */
  *take(): Generator<unknown, void> {
    for (const [key, response] of this.#pending) {
      this.#pending.delete(key);
      yield response;
    }
    if (this.#isEnded && this.#failure !== undefined) throw this.#failure;
  }

  async arrival(): Promise<void> {
    if (this.#pending.size > 0 || this.#isEnded) return;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
  }
}
