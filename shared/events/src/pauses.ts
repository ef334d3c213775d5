import { backoffMs } from "@mesh/runtime";
import type { Batch, BatchFailure, Paused } from "./batch.ts";

interface Pause {
  failures: number;
  untilMs: number;
}

interface StreamPause extends Pause {
  readonly keys: Map<string, Pause>;
}

/** A stream that stores nothing is paused as a whole once this many of its keys have failed. */
const fewKeys = 10;

/** The most keys of a stream that are paused one by one. With more, the stream is paused as a whole. */
const maxKeys = 1_000;

/**
 * Pauses what NATS rejects, longer after each failure, up to 5 s: a key if only its events are rejected, such as one that is
 * too large, and a stream if it rejects all, such as one that is full. So they do not delay the events of others.
 */
export class Pauses {
  readonly #streams = new Map<string, StreamPause>();

  /** Takes in the result of a batch. Returns the first failure of each stream that had none before. */
  record({ sent, failures }: Pick<Batch, "sent" | "failures">): BatchFailure[] {
    for (const { stream, key } of sent) this.#resume(stream, key);
    const failed = new Map(failures.toReversed().map((failure) => [failure.row.stream, failure]));
    const first = [...failed.values()].filter(({ row }) => !this.#streams.has(row.stream));
    for (const { row } of failures) this.#pauseKey(row.stream, row.key);
    const stored = new Set(sent.map(({ stream }) => stream));
    for (const stream of failed.keys()) this.#pauseStream(stream, stored.has(stream) ? maxKeys : fewKeys);
    return first;
  }

  /** Returns what is paused at a time, in milliseconds since the epoch. */
  at(nowMs: number): Paused {
    const all = [...this.#streams].map(([stream, { untilMs, keys }]) => ({ stream, isPaused: untilMs > nowMs, keys }));
    return {
      streams: all.filter(({ isPaused }) => isPaused).map(({ stream }) => stream),
      keys: all.flatMap(({ stream, isPaused, keys }) => {
        const paused = [...keys].filter(([, { untilMs }]) => !isPaused && untilMs > nowMs);
        return paused.map(([key]) => ({ stream, key }));
      }),
    };
  }

  /** Returns the time at which the next pause ends, in milliseconds since the epoch; infinity if nothing is paused. */
  nextEnd(nowMs: number): number {
    const pauses = [...this.#streams.values()].flatMap((stream) => [stream, ...stream.keys.values()]);
    return Math.min(...pauses.map(({ untilMs }) => untilMs).filter((untilMs) => untilMs > nowMs));
  }

  /** Ends every pause, because NATS may have changed. */
  end(): void {
    for (const pause of this.#streams.values()) {
      pause.untilMs = 0;
      pause.keys.clear();
    }
  }

  #resume(stream: string, key: string): void {
    const pause = this.#streams.get(stream);
    if (!pause) return;
    Object.assign(pause, { failures: 0, untilMs: 0 });
    pause.keys.delete(key);
    if (pause.keys.size === 0) this.#streams.delete(stream);
  }

  #pauseKey(stream: string, key: string): void {
    const pause = this.#streams.get(stream) ?? { failures: 0, untilMs: 0, keys: new Map<string, Pause>() };
    this.#streams.set(stream, pause);
    pause.keys.set(key, longer(pause.keys.get(key)));
  }

  #pauseStream(stream: string, fromKeys: number): void {
    const pause = this.#streams.get(stream);
    if (!pause || pause.keys.size < fromKeys) return;
    Object.assign(pause, longer(pause));
    pause.keys.clear();
  }
}

function longer({ failures }: Pause = { failures: 0, untilMs: 0 }): Pause {
  return { failures: failures + 1, untilMs: Date.now() + backoffMs(failures, { baseMs: 200 }) };
}
