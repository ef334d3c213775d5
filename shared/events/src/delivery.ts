import type { Principal } from "@mesh/contracts";
import { type EventSignatures, UntrustedError } from "@mesh/rpc";
import {
  type Logger,
  logFieldsOf,
  openScope,
  parseTrace,
  type Scope,
  type TraceContext,
  traceHeader,
  traceStateHeader,
} from "@mesh/runtime";
import type { Schema } from "@mesh/store";
import type { JsMsg } from "nats";
import type { ConsumeContext, Consumer, DecodedEvent } from "./consumer.ts";
import { writeDeadLetter } from "./dead-letters.ts";
import { InvalidEvent } from "./invalid-event.ts";
import { type EventName, signatureHeader } from "./outgoing-event.ts";
import type { ReceivedEvent } from "./received-event.ts";
import type { StreamWriter } from "./stream-writer.ts";
import type { EventTransaction, Transact } from "./transaction.ts";

/** The parts that the events of one consumer share. */
export interface DeliveryOptions {
  readonly consumer: Consumer<ConsumeContext<Schema>>;
  /** The name of the durable consumer. */
  readonly durable: string;
  /** The slug of the service. */
  readonly service: string;
  readonly writer: StreamWriter;
  readonly transact: Transact<Schema>;
  /** Verifies events; undefined: the process has no certificate. */
  readonly signatures: EventSignatures | undefined;
  readonly log: Logger;
  /** The wait after each failure. */
  readonly retryDelaysMs: readonly number[];
  readonly handlerTimeoutMs: number;
  readonly closing: AbortSignal;
  readonly signal: AbortSignal;
}

/** An event that a service received, as its consumer sees it. */
export class Delivery implements ReceivedEvent<ConsumeContext<Schema>> {
  readonly event: EventName;
  readonly consumer: string;
  readonly id: string;
  readonly key: string;
  readonly deliveries: number;
  readonly retryAfterMs: number | undefined;
  readonly timeoutMs: number;
  readonly closing: AbortSignal;
  readonly signal: AbortSignal;
  readonly context: ConsumeContext<Schema>;
  readonly source: JsMsg;
  /** The span of the publisher; undefined: it sent none. */
  readonly parent: TraceContext | undefined;
  /** The error for which the event was dead-lettered; undefined: it was not. */
  deadLettered: unknown;
  readonly #options: DeliveryOptions;
  readonly #decoded: DecodedEvent<ConsumeContext<Schema>> | InvalidEvent;

  constructor(message: JsMsg, options: DeliveryOptions) {
    const { consumer, durable, retryDelaysMs, handlerTimeoutMs, closing, signal, log } = options;
    this.#options = options;
    this.#decoded = decode(message.data, consumer);
    this.source = message;
    this.event = consumer.event;
    this.consumer = durable;
    this.id = idOf(message);
    this.key = this.#decoded instanceof InvalidEvent ? "" : this.#decoded.key;
    this.deliveries = message.info.deliveryCount;
    this.retryAfterMs = retryDelaysMs[this.deliveries - 1];
    this.timeoutMs = handlerTimeoutMs;
    this.closing = closing;
    this.signal = signal;
    this.parent = parseTrace(this.header(traceHeader), this.header(traceStateHeader));
    const scope = openScope({ signal, timeoutMs: handlerTimeoutMs, log, parent: this.parent });
    const own = { id: this.id, subject: message.subject, key: this.key };
    // `handleOnce` adds `tx` before a handler or a middleware of the service can use it.
    this.context = { ...scope, ...own } as ConsumeContext<Schema>;
  }

  /** Starts the time of its handling, once it is its turn. */
  begin(): void {
    Object.assign(this.context, { deadline: Date.now() + this.timeoutMs });
  }

  /** Puts a span into the context of the handler, and its ids into the lines of the log. */
  enter(trace: TraceContext): void {
    const log = this.#options.log.child(logFieldsOf(trace));
    Object.assign(this.context, { trace, log } satisfies Partial<Scope>);
  }

  header(name: string): string | undefined {
    return this.source.headers?.get(name) || undefined;
  }

  message(): unknown {
    return this.#read().message();
  }

  validate(): void {
    this.#read().validate();
  }

  async verify(): Promise<Principal | undefined> {
    const { signatures } = this.#options;
    if (!signatures) return undefined;
    const signature = this.header(signatureHeader);
    if (!signature) throw new InvalidEvent("the event has no signature");
    const { subject, data: payload } = this.source;
    try {
      return await signatures.verify(signature, { id: this.id, subject, service: this.event.service, payload });
    } catch (cause) {
      // The clock of the publisher is ahead: the event is valid when it is tried again.
      if (cause instanceof UntrustedError && cause.isEarly) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new InvalidEvent(`the signature of the event is not valid: ${reason}`, { cause });
    }
  }

  transaction<R>(work: (tx: EventTransaction<Schema>) => Promise<R>): Promise<R> {
    return this.#options.transact(this.context, work);
  }

  async deadLetter(error: unknown): Promise<void> {
    const { service, writer, log } = this.#options;
    const { consumer, id, deliveries } = this;
    await writeDeadLetter(this.source, { service, consumer, id, error }, writer);
    this.deadLettered = error ?? new Error("dead-lettered");
    log.error({ consumer, id, deliveries, subject: this.source.subject, err: error }, "dead-lettered an event");
  }

  handle(): Promise<void> {
    return this.#read().handle(this.context);
  }

  #read(): DecodedEvent<ConsumeContext<Schema>> {
    if (this.#decoded instanceof InvalidEvent) throw this.#decoded;
    return this.#decoded;
  }
}

function decode<C>(payload: Uint8Array, consumer: Consumer<C>): DecodedEvent<C> | InvalidEvent {
  try {
    return consumer.decode(payload);
  } catch (cause) {
    return new InvalidEvent(`not a ${consumer.event.typeName}: ${String(cause)}`, { cause });
  }
}

/** Returns the id that a message was published with, or its position in the stream if it has none. */
function idOf({ headers, info }: JsMsg): string {
  const id = headers?.get("Nats-Msg-Id") ?? "";
  // A longer one would not fit into the inbox's index.
  return id !== "" && id.length <= 200 ? id : `${info.stream}/${info.streamSequence}/${info.timestampNanos}`;
}
