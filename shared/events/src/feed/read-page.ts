import type { NatsConnection } from "nats";
import { openPushRead, type PushReadOptions, type StoredMessage } from "./push-read.ts";

/** The longest that a page may take, in milliseconds. */
const pageTimeoutMs = 5_000;

/** Options of a page. */
export interface PageOptions extends Omit<PushReadOptions, "onMessage" | "onLost"> {
  /** The most messages of the page. */
  readonly size: number;
}

/** Some messages of a subject, in order. */
export interface Page {
  readonly messages: readonly StoredMessage[];
  /** True if there were no more of them. */
  readonly isLast: boolean;
}

/** Reads a page of stored messages. @throws Error if NATS does not send it in time */
export async function readPage(connection: NatsConnection, { size, ...options }: PageOptions): Promise<Page> {
  const messages: StoredMessage[] = [];
  let finish = (_: boolean) => {};
  let fail = (_: Error) => {};
  const finished = new Promise<boolean>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  finished.catch(() => {});
  const onMessage = (message: StoredMessage, pending: number) => {
    if (messages.length < size) messages.push(message);
    if (pending === 0 || messages.length === size) finish(pending === 0);
  };
  const timer = setTimeout(() => fail(new Error("NATS did not send stored events in time")), pageTimeoutMs);
  const onLost = (reason: string) => fail(new Error(reason));
  try {
    const read = await openPushRead(connection, { ...options, onMessage, onLost });
    if (read.pending === 0) finish(true);
    return { isLast: await finished.finally(read.end), messages };
  } finally {
    clearTimeout(timer);
  }
}
