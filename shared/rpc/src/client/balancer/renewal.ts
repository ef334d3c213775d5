import { maxTimerMs } from "../../deadline.ts";
import type { Endpoint } from "./endpoint.ts";

/** How long a new connection may take before it is given up and tried again later, in milliseconds. */
const connectMs = 20_000;

/** What replaces connections. */
export interface RenewalOptions {
  /** The age at which a connection is replaced, in milliseconds; up to a tenth more or less, so that not all are at the same time. */
  readonly ageMs: number;
  /** Makes another way to the replica of an endpoint, which gets no calls yet. */
  readonly another: (endpoint: Endpoint) => Endpoint;
  /** Gives the calls of an endpoint to another one from now on. Returns false if the replica has left. */
  readonly replace: (old: Endpoint, fresh: Endpoint) => boolean;
}

/**
 * Replaces connections that are old: by then a server behind one address may be another one, and certificates have been
 * renewed. The new connection is there before the old one gets no more calls, and the old one is closed when its last
 * call has ended, so that no call fails. (A server could close old connections by GOAWAY, but after that the next keepalive
 * ping of grpc-js ends the calls that are open.)
 */
export class Renewal {
  readonly #options: RenewalOptions;
  readonly #timers = new Map<Endpoint, NodeJS.Timeout>();
  readonly #fresh = new Map<Endpoint, Endpoint>();

  constructor(options: RenewalOptions) {
    this.#options = options;
  }

  /** Replaces an endpoint when it is old. */
  watch(endpoint: Endpoint): void {
    const ageMs = Math.min(this.#options.ageMs * (0.9 + Math.random() * 0.2), maxTimerMs);
    this.#timers.set(endpoint, setTimeout(() => this.#renew(endpoint), ageMs).unref());
  }

  /** Replaces an endpoint no more. */
  forget(endpoint: Endpoint): void {
    clearTimeout(this.#timers.get(endpoint));
    this.#timers.delete(endpoint);
    this.#fresh.get(endpoint)?.close();
    this.#fresh.delete(endpoint);
  }

  /** Notes that the connection of an endpoint has changed. */
  note(endpoint: Endpoint): void {
    const { replaces } = endpoint;
    if (!replaces || !endpoint.isConnected || this.#fresh.get(replaces) !== endpoint) return;
    this.#fresh.delete(replaces);
    this.forget(replaces);
    endpoint.replaces = undefined;
    if (this.#options.replace(replaces, endpoint)) this.watch(endpoint);
    else endpoint.close();
  }

  #renew(endpoint: Endpoint): void {
    // One that is not connected makes a new connection by itself, and one that is ejected must show that it is well first.
    if (!endpoint.isConnected || endpoint.standing !== "in") {
      this.watch(endpoint);
      return;
    }
    const fresh = this.#options.another(endpoint);
    fresh.replaces = endpoint;
    this.#fresh.set(endpoint, fresh);
    const giveUp = () => {
      this.forget(endpoint);
      this.watch(endpoint);
    };
    this.#timers.set(endpoint, setTimeout(giveUp, connectMs).unref());
    fresh.plain.connect();
  }
}
