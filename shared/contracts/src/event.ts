import type { MessageType } from "./message.ts";

/** An event, as its contract declares it. */
export interface EventDefinition<T, I = T> extends MessageType<T, I> {
  /** The NATS subject: `orders.v1.order_placed`. */
  readonly subject: string;
  /** The stream that keeps it: `orders_v1`. */
  readonly stream: string;
  /** Returns the key of the event, such as the order's id. */
  key(event: T): string;
}

/** Makes an event of the catalogue; called by generated code. `keyField` is the field's name in TypeScript. */
export function defineEvent<T, I>(
  message: MessageType<T, I>,
  subject: string,
  keyField: keyof T & string,
): EventDefinition<T, I> {
  return {
    ...message,
    subject,
    stream: subject.split(".").slice(0, 2).join("_"),
    key: (event) => String(event[keyField]),
  };
}
