import { type Logger, type Next, openScope, parseTrace, type Scope, traceHeader } from "@mesh/runtime";
import type { Schema } from "@mesh/store";
import type { JsMsg } from "nats";
import type { ConsumeContext, Consumer, DecodedEvent, EventName } from "./consumer.ts";
import { writeDeadLetter } from "./dead-letters.ts";
import { InvalidEvent } from "./invalid-event.ts";
import type { Sender } from "./outgoing-event.ts";
import type { StreamWriter } from "./stream-writer.ts";
import type { EventTransaction } from "./transaction.ts";

/** Runs a function in a transaction that can publish, on behalf of the sender. */
export type Transact<S extends Schema> = <R>(
  sender: Sender,
  work: (tx: EventTransaction<S>) => Promise<R>,
) => Promise<R>;

/** An event that a service received, as its middleware sees it. */
export interface ReceivedEvent<Context extends Scope = Scope> {
  readonly event: EventName;
  /** The name of the durable consumer: `acme_orders_payments_v1_payment_authorized`. */
  readonly consumer: string;
  /** The id of the event, the same at every attempt. */
  readonly id: string;
  /** The id of the thing that the event concerns; empty if the event can't be decoded. */
  readonly key: string;
  /** How often NATS has delivered the event, this time included. */
  readonly deliveries: number;
  /** The wait before the next attempt if this one fails, in milliseconds; undefined: this is the last one. */
  readonly retryAfterMs: number | undefined;
  /** The longest that the handler may take, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts when the process begins to end: handlers that run may still finish. */
  readonly closing: AbortSignal;
  /** Aborts when the process no longer waits for handlers. */
  readonly signal: AbortSignal;
  /** What the handler gets beside the event. `next(added)` merges more into it. */
  readonly context: Context;
  /** A header; undefined: it was not sent. */
  header(name: string): string | undefined;
  /** Returns the event. @throws InvalidEvent if it can't be decoded */
  message(): unknown;
  /** Checks the event and fills in defaults. @throws InvalidEvent if it can't be decoded or breaks its contract */
  validate(): void;
  /** Runs a function in a transaction of the service's store, which can publish. */
  transaction<R>(work: (tx: EventTransaction<Schema>) => Promise<R>): Promise<R>;
  /** Puts a copy of the event into the stream `dead_letters`. @throws if NATS does not store it */
  deadLetter(error: unknown): Promise<void>;
}

/**
 * A step around the handling of each event. If it resolves, the event is acknowledged. If it throws, the event is delivered
 * again after `retryAfterMs`, or after the longest wait if there is none.
 *
 * @typeParam Added what it adds to the context, given to `next`
 * @typeParam Context what it needs of the context
 *
 * @example
 * ```ts
 * import { type ConsumerMiddleware, InvalidEvent } from "@mesh/events";
 *
 * const tenant: ConsumerMiddleware<{ tenant: string }> = async (call, next) => {
 *   const name = call.header("x-tenant");
 *   if (!name) throw new InvalidEvent("the header x-tenant is missing");
 *   return next({ tenant: name });
 * };
 * ```
 */
export type ConsumerMiddleware<Added extends object = object, Context extends Scope = Scope> = (
  call: ReceivedEvent<Context>,
  next: Next<Added>,
) => Promise<unknown>;

/** The parts that the events of one consumer share. */
export interface DeliveryOptions {
  readonly consumer: Consumer<ConsumeContext<Schema>>;
  /** The name of the durable consumer. */
  readonly durable: string;
  /** The slug of the service. */
  readonly service: string;
  readonly writer: StreamWriter;
  readonly transact: Transact<Schema>;
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
  readonly deliveries: number;
  readonly context: ConsumeContext<Schema>;
  readonly source: JsMsg;
  readonly #options: DeliveryOptions;
  readonly #decoded: DecodedEvent<ConsumeContext<Schema>> | InvalidEvent;

  constructor(message: JsMsg, options: DeliveryOptions) {
    this.event = options.consumer.event;
    this.consumer = options.durable;
    this.id = idOf(message);
    this.deliveries = message.info.deliveryCount;
    this.source = message;
    this.#options = options;
    this.#decoded = decode(message.data, options.consumer);
    const { signal, handlerTimeoutMs: timeoutMs, log } = options;
    const scope = openScope({ signal, timeoutMs, log, parent: parseTrace(this.header(traceHeader)) });
    const own = { id: this.id, subject: message.subject, key: this.key };
    // `handleOnce` adds `tx` before a handler or a middleware of the service can use it.
    this.context = { ...scope, ...own } as ConsumeContext<Schema>;
  }

  get key(): string {
    return this.#decoded instanceof InvalidEvent ? "" : this.#decoded.key;
  }

  get retryAfterMs(): number | undefined {
    return this.#options.retryDelaysMs[this.deliveries - 1];
  }

  get timeoutMs(): number {
    return this.#options.handlerTimeoutMs;
  }

  get closing(): AbortSignal {
    return this.#options.closing;
  }

  get signal(): AbortSignal {
    return this.#options.signal;
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

  transaction<R>(work: (tx: EventTransaction<Schema>) => Promise<R>): Promise<R> {
    return this.#options.transact(this.context, work);
  }

  async deadLetter(error: unknown): Promise<void> {
    const { service, writer, log } = this.#options;
    const { consumer, id, deliveries } = this;
    await writeDeadLetter(this.source, { service, consumer, id, error }, writer);
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
