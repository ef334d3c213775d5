import { type Logger, repeat } from "@mesh/runtime";
import type { NatsConnection, StreamInfo } from "nats";
import type { Bus } from "./bus.ts";
import { managerOf, type Streams } from "./streams.ts";
import { streams as observedStreams, type StreamSource } from "./telemetry/instruments.ts";

/** Options of `watchStreams`. */
export interface StreamSpaceOptions {
  readonly bus: Bus;
  readonly streams: Streams;
  readonly log: Logger;
  /** Returns whether this service publishes to a stream. Its consumers leave it to the publisher. */
  readonly isOwn: (stream: string) => boolean;
  /** Receives the last sequences of all streams. */
  readonly onList: (lasts: ReadonlyMap<string, number>) => void;
  /** Receives a warning, by its name, or undefined once there is none. */
  readonly onState: (name: string, reason: string | undefined) => void;
  /** The pause between two checks, in milliseconds. */
  readonly intervalMs: number;
}

const warnAt = 0.7;
/** A stream that is as full as `warnAt` would be reported again and again. */
const calmBelow = 0.65;

/**
 * Gives the streams of a service their limits at the start, and warns once if one of them is 70 % full, or is not as it was declared.
 */
export function watchStreams(options: StreamSpaceOptions): { close(): void } {
  const closing = new AbortController();
  const space = new StreamSpace(options);
  // The bus reports that NATS does not respond. A check that waits for it ends by itself.
  void repeat(() => space.check(closing.signal), { signal: closing.signal, intervalMs: options.intervalMs });
  const forget = observedStreams.add(space);
  return {
    close() {
      forget();
      closing.abort();
    },
  };
}

class StreamSpace implements StreamSource {
  readonly fill = new Map<string, number>();
  readonly #options: StreamSpaceOptions;
  readonly #warned = new Set<string>();
  /** How streams differ from what was declared. */
  readonly #drift = new Map<string, string>();
  readonly #reconciled = new WeakMap<NatsConnection, Set<string>>();

  constructor(options: StreamSpaceOptions) {
    this.#options = options;
  }

  async check(signal: AbortSignal): Promise<void> {
    const { bus, isOwn, streams } = this.#options;
    const connection = await bus.connected(signal);
    const manager = await managerOf(connection);
    const reconciled = this.#reconciled.get(connection) ?? new Set();
    this.#reconciled.set(connection, reconciled);
    const listed = new Map<string, number>();
    for await (const info of manager.streams.list()) {
      const { name } = info.config;
      listed.set(name, info.state.last_seq);
      if (!isOwn(name)) continue;
      this.#report(info);
      if (reconciled.has(name)) {
        this.#reportDrift(info);
        continue;
      }
      await streams.reconcile(manager, info);
      reconciled.add(name);
    }
    this.#forgetOthers(listed);
    this.#options.onList(listed);
  }

  /** Ends the warnings of streams that were deleted. */
  #forgetOthers(listed: ReadonlyMap<string, number>): void {
    for (const name of this.fill.keys()) if (!listed.has(name)) this.fill.delete(name);
    for (const name of [...this.#warned].filter((one) => !listed.has(one))) {
      this.#warned.delete(name);
      this.#options.onState(`${name} space`, undefined);
    }
    for (const name of [...this.#drift.keys()].filter((one) => !listed.has(one))) this.#setDrift(name, "");
  }

  #reportDrift(info: StreamInfo): void {
    const { name } = info.config;
    const drift = this.#options.streams.driftOf(info).join(", ");
    if (drift === (this.#drift.get(name) ?? "")) return;
    this.#setDrift(name, drift);
    const { log } = this.#options;
    if (drift) log.warn({ stream: name, drift }, "a stream is not as its contract and the settings declare it");
    else log.info({ stream: name }, "a stream is again as its contract and the settings declare it");
  }

  #setDrift(name: string, drift: string): void {
    if (drift) this.#drift.set(name, drift);
    else this.#drift.delete(name);
    this.#options.onState(`${name} drift`, drift ? `the stream ${name} is not as declared: ${drift}` : undefined);
  }

  #report({ config: { name, max_bytes, max_msgs }, state }: StreamInfo): void {
    const { log, onState } = this.#options;
    const share = Math.max(shareOf(state.bytes, max_bytes), shareOf(state.messages, max_msgs));
    const percent = Math.floor(share * 100);
    this.fill.set(name, share);
    if (this.#warned.has(name) && share < calmBelow) {
      this.#warned.delete(name);
      onState(`${name} space`, undefined);
      log.info({ stream: name, percent }, "a stream has space again");
    } else if (share >= warnAt) {
      onState(`${name} space`, `the stream ${name} is ${percent} % full`);
      if (this.#warned.has(name)) return;
      this.#warned.add(name);
      const advice = "raise STREAM_MAX_BYTES or lower STREAM_MAX_AGE_MS; a full stream rejects events";
      log.warn({ stream: name, percent, bytes: state.bytes, maxBytes: max_bytes }, `a stream fills: ${advice}`);
    }
  }
}

/** @param limit 0 or less: none */
function shareOf(used: number, limit: number): number {
  return limit > 0 ? used / limit : 0;
}
