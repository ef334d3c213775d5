import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { MeshError } from "@mesh/contracts";
import { type Logger, RepeatedLines } from "@mesh/runtime";
import { Counts } from "../limits/counts.ts";
import type { Limits } from "../limits/limits.ts";
import { networkOf } from "../limits/network.ts";
import { addressOf } from "./address.ts";
import { stopRunning, whileRunning } from "./running.ts";

/** When a client may try again, in milliseconds. So long, a connection whose request found no room is not read. */
const retryAfterMs = 1_000;

/** The most addresses whose keys are remembered. */
const maxKeys = 1_000;

/** The error of a request for which the process has no room. */
const overloaded = new MeshError({
  code: "UNAVAILABLE",
  message: "too many requests run at the same time; try again later",
  retryAfterMs,
});

/** The error of a request whose address has too many others. */
const crowded = new MeshError({
  code: "RESOURCE_EXHAUSTED",
  message: "too many requests of this address run at the same time; try again later",
  retryAfterMs,
});

/** The error of a request whose user has too many others. */
const busy = new MeshError({
  code: "RESOURCE_EXHAUSTED",
  message: "too many requests of this user run at the same time; try again later",
  retryAfterMs,
});

const rejections: ReadonlySet<unknown> = new Set([overloaded, crowded, busy]);

/** Returns true for the errors of an admission. The log has their number, and their responses are always the same. */
export function isRejection(error: unknown): boolean {
  return rejections.has(error);
}

/** Options of an admission. */
export interface AdmissionOptions {
  readonly limits: Pick<Limits, "requests" | "requestsPerAddress" | "requestsPerUser">;
  /** How many proxies are in front of the gateway. */
  readonly proxies: number;
  readonly log: Logger;
}

/** Counts the requests that run, and rejects those above a limit immediately. A subscription stops counting when it begins. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #counts = new Counts();
  /** The keys by which the addresses of the last requests are counted. */
  readonly #keys = new Map<string, string>();
  readonly #lines = new RepeatedLines();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** @throws MeshError UNAVAILABLE above the limit of the process, RESOURCE_EXHAUSTED above that of an address */
  admit(request: IncomingMessage, response: ServerResponse): void {
    const { limits, proxies } = this.#options;
    if (this.#counts.of("process") >= limits.requests) {
      response.once("close", () => pauseReading(request.socket));
      throw this.#rejected(overloaded, "process", limits.requests);
    }
    const address = this.#keyOf(addressOf(request, proxies));
    if (this.#counts.of(address) >= limits.requestsPerAddress) {
      throw this.#rejected(crowded, "address", limits.requestsPerAddress);
    }
    this.#count(response, ["process", address]);
  }

  /** @throws MeshError RESOURCE_EXHAUSTED above the limit of a user */
  admitUser(response: ServerResponse, { kind, id }: { readonly kind: string; readonly id: string }): void {
    const { requestsPerUser } = this.#options.limits;
    const user = `user ${kind} ${id}`;
    if (this.#counts.of(user) >= requestsPerUser) throw this.#rejected(busy, "user", requestsPerUser);
    this.#count(response, [user]);
  }

  /** Ends the count of a request that is a subscription. */
  release(response: ServerResponse): void {
    stopRunning(response);
  }

  #count(response: ServerResponse, keys: readonly string[]): void {
    for (const key of keys) this.#counts.add(key, 1);
    whileRunning(response, () => {
      for (const key of keys) this.#counts.add(key, -1);
    });
  }

  #keyOf(address: string): string {
    const known = this.#keys.get(address);
    if (known !== undefined) return known;
    if (this.#keys.size >= maxKeys) this.#keys.clear();
    const key = `address ${networkOf(address)}`;
    this.#keys.set(address, key);
    return key;
  }

  #rejected(error: MeshError, of: "process" | "address" | "user", limit: number): MeshError {
    this.#lines.count(of, (rejected, seconds) => {
      const during = seconds === undefined ? {} : { seconds };
      this.#options.log.warn(
        { rejected, ...during, of, limit },
        "requests are rejected: too many run at the same time",
      );
    });
    return error;
  }
}

/**
 * Leaves what a client sends next in the buffers of the system for a while. To parse and reject a request takes a third of
 * the time of a query, so a client that does not wait would use up the time of those that have room.
 */
function pauseReading(socket: Socket): void {
  if (socket.destroyed) return;
  // The server itself reads on when a response is closed.
  setImmediate(() => socket.pause());
  setTimeout(() => socket.resume(), retryAfterMs).unref();
}
