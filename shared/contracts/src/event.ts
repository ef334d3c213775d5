import type { MessageType } from "./message.ts";

/** The parts of an event's definition that do not depend on its type. */
export interface EventAddress {
  /** The full protobuf name: `orders.v1.OrderPlaced`. */
  readonly typeName: string;
  /** The NATS subject: `orders.v1.order_placed`. */
  readonly subject: string;
  /** The stream that keeps the event: `orders_v1`. It keeps all events of the package. */
  readonly stream: string;
  /** The name of the service that owns the event: `orders`. */
  readonly service: string;
}

/** An event, as its contract declares it. */
export interface EventDefinition<T, I = T> extends MessageType<T, I>, EventAddress {
  /** Returns the key of an event, such as the id of its order. */
  key(event: T): string;
}

/** An event that the gateway exposes as a subscription. */
export interface FeedDefinition {
  readonly event: EventDefinition<unknown>;
  /** The scopes that a subscriber must hold. */
  readonly scopes: readonly string[];
  /** Who gets which event; undefined: every subscriber gets all. */
  readonly owner: FeedOwner | undefined;
}

/** The owner of the events of a feed. */
export interface FeedOwner {
  /** The field with the id of the principal who gets the event, by its name in TypeScript: `customerId`. */
  readonly field: string;
  /** A scope whose holders get the events of all; undefined: there is none. */
  readonly unless: string | undefined;
}

/** How an event travels, as generated code states it. */
export interface EventTravel<T> {
  readonly subject: string;
  readonly stream: string;
  readonly service: string;
  /** The name of the key's field in TypeScript. */
  readonly key: keyof T & string;
}

/** Defines an event. Generated code calls it. */
export function defineEvent<T, I>(message: MessageType<T, I>, travel: EventTravel<T>): EventDefinition<T, I> {
  return { ...message, ...travel, key: (event) => String(event[travel.key]) };
}
