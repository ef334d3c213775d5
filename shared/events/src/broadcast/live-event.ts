import type { EventAddress } from "@mesh/contracts";
import { repeat } from "@mesh/runtime";
import { JsHeaders, type Msg, type NatsConnection } from "nats";
import { reasonOf } from "../nats-error.ts";
import { keyHeader } from "../outgoing-event.ts";
import { placeOf } from "../stream-place.ts";
import { ensureLiveConsumer, heartbeatMs, liveSubject } from "./live-consumer.ts";
import type { BroadcastOptions } from "./options.ts";

/** The longest time without an event or a heartbeat, in milliseconds. */
const silenceMs = 2.5 * heartbeatMs;

/** The number of failures, in about 30 s, after which the log has the reason: a stream is missing until its service has started. */
const reportAfter = 18;

/** One event of a broadcast. */
export class LiveEvent {
  readonly #event: EventAddress;
  readonly #options: BroadcastOptions;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;

  constructor(event: EventAddress, options: BroadcastOptions) {
    this.#event = event;
    this.#options = options;
    this.#running = repeat((succeed) => this.#listen(succeed), {
      signal: this.#closing.signal,
      backoff: { maxMs: 2_000 },
      onFailure: (error, failures) => this.#report(error, failures),
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  /** Listens until events may have been missed. */
  async #listen(succeed: () => void): Promise<void> {
    const { bus, process, onEvent, onState } = this.#options;
    const connection = await bus.connected(this.#closing.signal);
    let isLive = false;
    let before = 0;
    const ear = new Ear((message) => {
      const notice = noticeOf(this.#event, message);
      if (isLive) onEvent(notice);
      else before = notice.sequence;
    });
    const unlisten = bus.onChange((current) => current === connection || ear.end("the connection was lost"));
    const stop = () => ear.end("it was closed");
    this.#closing.signal.addEventListener("abort", stop);
    try {
      ear.open(connection, liveSubject(process, this.#event));
      const info = await ensureLiveConsumer(connection, process, this.#event);
      ear.expectAfter(info.delivered.consumer_seq);
      isLive = !ear.hasEnded;
      if (isLive) onState(this.#event, true, Math.max(before, info.delivered.stream_seq));
      if (isLive) succeed();
      await ear.ended;
    } finally {
      this.#closing.signal.removeEventListener("abort", stop);
      unlisten();
      ear.end("");
      if (isLive) onState(this.#event, false, 0);
    }
  }

  /** The bus reports when NATS is lost. */
  #report(error: unknown, failures: number): void {
    const { bus, log } = this.#options;
    if (failures !== reportAfter || !bus.current()) return;
    log.warn({ subject: this.#event.subject, reason: reasonOf(error) }, "an event does not arrive in this process");
  }
}

/** Receives what NATS sends to a subject, and notices if something is missing. */
class Ear {
  /** Rejects when something may have been missed, or by `end`. */
  readonly ended: Promise<never>;
  readonly #receive: (message: Msg) => void;
  #end: (error: Error) => void = () => {};
  #stop = () => {};
  #hasEnded = false;
  /** The number of the last event among those of the consumer. */
  #last: number | undefined;
  #heardAt = performance.now();

  constructor(receive: (message: Msg) => void) {
    this.#receive = receive;
    this.ended = new Promise((_, reject) => {
      this.#end = reject;
    });
    this.ended.catch(() => {});
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  open(connection: NatsConnection, subject: string): void {
    const subscription = connection.subscribe(subject, {
      callback: (error, message) => (error ? this.end(error.message) : this.#hear(message)),
    });
    const timer = setInterval(() => this.#checkSilence(), heartbeatMs).unref();
    this.#stop = () => {
      clearInterval(timer);
      subscription.unsubscribe();
    };
    if (this.#hasEnded) this.#stop();
  }

  /** Expects the events after one. Those that have arrived meanwhile are later. */
  expectAfter(last: number): void {
    this.#last = Math.max(last, this.#last ?? 0);
    this.#heardAt = performance.now();
  }

  end(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#stop();
    this.#end(new Error(reason));
  }

  #hear(message: Msg): void {
    this.#heardAt = performance.now();
    const isEvent = message.headers?.code !== 100;
    const number = isEvent ? numberOf(message) : lastOf(message);
    const expected = this.#last === undefined ? number : this.#last + (isEvent ? 1 : 0);
    // Numbers that are lower are those of another consumer.
    if (this.#hasEnded || number !== expected) return void this.end("events were lost");
    if (this.#last !== undefined || isEvent) this.#last = number;
    if (isEvent) this.#receive(message);
  }

  #checkSilence(): void {
    if (performance.now() - this.#heardAt < silenceMs) return;
    // A process that could not run first reads what has arrived meanwhile.
    setImmediate(() => {
      if (performance.now() - this.#heardAt >= silenceMs) this.end("NATS sends no heartbeat");
    });
  }
}

/** Returns the number of the last event that NATS sent before a heartbeat. */
function lastOf({ headers }: Msg): number {
  return Number(headers?.get(JsHeaders.LastConsumerSeqHdr));
}

/** Returns the number of an event among those of its consumer. */
function numberOf({ reply = "" }: Msg): number {
  return placeOf(reply)?.delivered ?? Number.NaN;
}

function noticeOf(event: EventAddress, message: Msg) {
  return { event, key: keyIn(message), sequence: placeOf(message.reply ?? "")?.sequence ?? 0 };
}

/** Returns the key of an event; empty if it has none that can be read. */
function keyIn({ headers }: Msg): string {
  try {
    return decodeURIComponent(headers?.get(keyHeader) ?? "");
  } catch {
    return "";
  }
}
