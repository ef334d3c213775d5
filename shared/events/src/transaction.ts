import type { EventDefinition } from "@mesh/contracts";
import type { EventSignatures } from "@mesh/rpc";
import { compose, type MiddlewareOption, middlewareList, setTraceHeaders, type TraceContext } from "@mesh/runtime";
import {
  defer,
  type Opening,
  type Schema,
  type Store,
  type StoreScope,
  type StoreTransaction,
  statement,
} from "@mesh/store";
import { checkedEvent } from "./invalid-event.ts";
import {
  defaultPublisherMiddleware,
  type EventName,
  keyHeader,
  type OutgoingEvent,
  type PublisherMiddleware,
  type Sender,
} from "./outgoing-event.ts";
import type { Relay } from "./relay.ts";
import { outbox } from "./tables.ts";
import { observePublish, startPublish } from "./telemetry/observe-publish.ts";

/** Publishes events if and only if a transaction commits. */
export interface Publishing {
  /**
   * Puts an event into the outbox; returns its id. If the database rejects it, the next statement and the commit fail.
   *
   * @throws InvalidEvent if the event breaks its contract
   * @throws MeshError RESOURCE_EXHAUSTED if it has more than 256 KiB
   */
  publish<T, I>(event: EventDefinition<T, I>, input: I): Promise<string>;
}

/** A transaction that can publish. */
export type EventTransaction<S extends Schema> = StoreTransaction<S> & Publishing;

/** The sender of events. With a signal and a deadline, these end a transaction early, as `bind` of a store says. */
export type TransactionScope = Sender & Partial<StoreScope>;

/** Runs a function in a transaction that can publish, on behalf of the sender. */
export type Transact<S extends Schema> = <R>(
  sender: TransactionScope,
  work: (tx: EventTransaction<S>) => Promise<R>,
) => Promise<R>;

/** Lets a transaction publish, on behalf of the sender. Calls `published` for each event. */
export type AddPublish = <S extends Schema>(
  tx: StoreTransaction<S>,
  sender: Sender,
  published?: () => void,
) => EventTransaction<S>;

type Column = "id" | "stream" | "subject" | "key" | "headers" | "payload";

const addToOutbox = statement((tx: StoreTransaction<Schema>, value: (name: Column) => never) => {
  const row = { id: value("id"), stream: value("stream"), subject: value("subject"), key: value("key") };
  return tx.insert(outbox).values({ ...row, headers: value("headers"), payload: value("payload") });
});

/** Puts the middleware of publishers around the outbox. @param signatures signs the events; undefined: nothing does */
export function createAddPublish(
  middleware?: MiddlewareOption<PublisherMiddleware>,
  signatures?: EventSignatures,
): AddPublish {
  const steps = middlewareList(middleware, defaultPublisherMiddleware);
  const run = compose<PendingEvent<unknown, unknown>>(steps, (call) =>
    defer(call.tx, addToOutbox(call.tx, call.toRow())),
  );
  return (tx, sender, published) =>
    Object.assign(tx, {
      async publish<T, I>(event: EventDefinition<T, I>, input: I): Promise<string> {
        const id = crypto.randomUUID();
        const trace = startPublish(event, id, sender.trace);
        const call = new PendingEvent(event, input, { id, tx, sender, trace, signatures });
        published?.();
        await observePublish(trace, sender.trace, () => run(call));
        return id;
      },
    });
}

/** Makes transactions of a store that can publish. @param relay sends the events of each that commits */
export function createTransact<S extends Schema>(
  store: Store<S>,
  withPublish: AddPublish,
  relay: Pick<Relay<S>, "poke">,
  opening?: Opening,
): Transact<S> {
  return async (sender, work) => {
    let hasPublished = false;
    const published = () => {
      hasPublished = true;
    };
    const run = (tx: StoreTransaction<S>) => work(withPublish(tx, sender, published));
    const result = await store.transaction(run, limitsOf(sender), opening);
    if (hasPublished) relay.poke();
    return result;
  };
}

function limitsOf({ signal, deadline = Infinity, trace }: TransactionScope): StoreScope | undefined {
  return signal && { signal, deadline, trace };
}

interface EventParts {
  readonly id: string;
  /** The span of the event. */
  readonly trace: TraceContext;
  readonly tx: StoreTransaction<Schema>;
  readonly sender: Sender;
  readonly signatures: EventSignatures | undefined;
}

/** An event on its way into the outbox, with its type. */
class PendingEvent<T, I> implements OutgoingEvent {
  readonly event: EventName;
  readonly id: string;
  readonly context: Sender;
  readonly tx: StoreTransaction<Schema>;
  readonly headers: Record<string, string>;
  readonly #signatures: EventSignatures | undefined;
  readonly #definition: EventDefinition<T, I>;
  #message: T;
  #payload: Uint8Array | undefined;

  constructor(definition: EventDefinition<T, I>, input: I, { id, tx, sender, trace, signatures }: EventParts) {
    this.id = id;
    this.#signatures = signatures;
    this.event = definition;
    this.context = sender;
    this.tx = tx;
    this.headers = {};
    setTraceHeaders(this.headers, trace);
    this.#definition = definition;
    // `validateEvent` fills in the defaults; a service without it publishes complete messages.
    this.#message = input as unknown as T;
  }

  message(): T {
    return this.#message;
  }

  validate(): void {
    this.#message = checkedEvent(this.#definition, this.#message);
    this.#payload = undefined;
  }

  payload(): Uint8Array {
    this.#payload ??= this.#definition.encode(this.#message);
    return this.#payload;
  }

  async sign(): Promise<string | undefined> {
    const { subject, service } = this.event;
    const signed = { id: this.id, subject, service, payload: this.payload() };
    return this.#signatures?.sign(signed, this.context.principal);
  }

  /** Returns the row of the outbox that holds the event. */
  toRow() {
    const { stream, subject } = this.event;
    const key = this.#definition.key(this.#message);
    const headers = { ...this.headers, [keyHeader]: encodeURIComponent(key) };
    return { id: this.id, stream, subject, key, headers, payload: this.payload() };
  }
}
