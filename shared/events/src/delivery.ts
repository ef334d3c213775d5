import type { Principal } from "@mesh/contracts";
import { type EventSignatures, UntrustedError } from "@mesh/rpc";
import type { Logger, TraceContext } from "@mesh/runtime";
import type { Schema } from "@mesh/store";
import type { ConsumeContext, Consumer, DecodedEvent } from "./consumer.ts";
import { type EventContext, headerOf, openEventContext, parentOf } from "./event-context.ts";
import type { EventMessage } from "./event-message.ts";
import { InvalidEvent } from "./invalid-event.ts";
import { type EventName, signatureHeader } from "./outgoing-event.ts";
import type { ReceivedEvent } from "./received-event.ts";
import type { Turn, Work } from "./sharing/shared-transaction.ts";
import type { Sharing } from "./sharing/sharing.ts";
import type { EventTransaction, Transact } from "./transaction.ts";

/** The parts that the events of one consumer share. */
export interface DeliveryOptions {
  readonly consumer: Consumer<ConsumeContext<Schema>>;
  /** The name of the durable consumer. */
  readonly durable: string;
  /** Runs transactions that fail if another process consumes the event now. */
  readonly transact: Transact<Schema>;
  readonly sharing: Sharing;
  /** Verifies events; undefined: the process has no certificate. */
  readonly signatures: EventSignatures | undefined;
  readonly log: Logger;
  /** The wait after each failure. */
  readonly retryDelaysMs: readonly number[];
  readonly handlerTimeoutMs: number;
  readonly closing: AbortSignal;
  readonly signal: AbortSignal;
  /** Dead-letters an event. */
  readonly deadLetter: (delivery: Delivery, error: unknown) => Promise<void>;
}

/** What happened to an event before. */
export interface EarlierAttempts {
  /** How often its handler failed. */
  readonly failures: number;
  /** How often in a row an upstream was unavailable. */
  readonly waits: number;
}

/** What is known of an event beside its message. */
export interface DeliveryHistory {
  /** Undefined: there were none. */
  readonly earlier: EarlierAttempts | undefined;
  /** Whether it may have been handled before. */
  readonly isRepeated: boolean;
}

const none: EarlierAttempts = { failures: 0, waits: 0 };

/** An event that a service received, as its consumer sees it. */
export class Delivery implements ReceivedEvent<ConsumeContext<Schema>> {
  readonly event: EventName;
  readonly consumer: string;
  readonly key: string;
  readonly attempt: number;
  readonly earlier: EarlierAttempts;
  readonly isRepeated: boolean;
  readonly retryAfterMs: number | undefined;
  readonly timeoutMs: number;
  readonly closing: AbortSignal;
  readonly signal: AbortSignal;
  readonly context: EventContext & ConsumeContext<Schema>;
  readonly source: EventMessage;
  /** The error for which the event was dead-lettered; undefined: it was not. */
  deadLettered: unknown;
  readonly #options: DeliveryOptions;
  #turn: Turn | undefined;
  readonly #decoded: DecodedEvent<ConsumeContext<Schema>> | InvalidEvent;

  constructor(message: EventMessage, options: DeliveryOptions, { earlier = none, isRepeated }: DeliveryHistory) {
    const { consumer, durable, retryDelaysMs, handlerTimeoutMs, closing, signal, log } = options;
    this.#options = options;
    this.#decoded = decode(message.payload, consumer);
    this.source = message;
    this.event = consumer.event;
    this.consumer = durable;
    this.key = this.#decoded instanceof InvalidEvent ? "" : this.#decoded.key;
    this.earlier = earlier;
    this.isRepeated = isRepeated;
    this.attempt = earlier.failures + 1;
    this.retryAfterMs = retryDelaysMs[earlier.failures];
    this.timeoutMs = handlerTimeoutMs;
    this.closing = closing;
    this.signal = signal;
    // `handleOnce` adds `tx` before a handler or a middleware of the service can use it.
    this.context = openEventContext(message, this.key, { signal, log }) as EventContext & ConsumeContext<Schema>;
  }

  get id(): string {
    return this.source.id;
  }

  /** The span of the publisher; undefined: it sent none. */
  get parent(): TraceContext | undefined {
    return parentOf(this.source);
  }

  /** Starts the time of its handling, once it is its turn. @param turn if it may share its transaction */
  begin(turn?: Turn): void {
    this.#turn = turn;
    this.context.deadline = Date.now() + this.timeoutMs;
  }

  /** Puts a span into the context of the handler, and its ids into the lines of the log. */
  enter(trace: TraceContext): void {
    this.context.trace = trace;
  }

  header(name: string): string | undefined {
    return headerOf(this.source, name);
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
    const { subject, payload } = this.source;
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

  async once(work: Work): Promise<void> {
    const { sharing } = this.#options;
    const { id, context } = this;
    if (this.#turn) await sharing.handle({ id, context, work, ...this.#turn });
    else await sharing.handleAlone({ id, context, work });
  }

  async deadLetter(error: unknown): Promise<void> {
    const { consumer, id, attempt } = this;
    await this.#options.deadLetter(this, error);
    this.deadLettered = error ?? new Error("dead-lettered");
    this.#options.log.error(
      { consumer, id, attempt, subject: this.source.subject, err: error },
      "dead-lettered an event",
    );
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
