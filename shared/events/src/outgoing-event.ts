import { type EventAddress, MeshError } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";
import type { Schema, StoreTransaction } from "@mesh/store";
import { validateEvent } from "./invalid-event.ts";

/** The parts of an event's definition that do not depend on its type. */
export type EventName = EventAddress;

/** The principal on behalf of which an event is published, and the trace that it is part of. */
export type Sender = Pick<Scope, "principal" | "trace">;

/** An event on its way into the outbox, as middleware sees it. */
export interface OutgoingEvent {
  readonly event: EventName;
  /** The id of the event, the same however often it is sent. */
  readonly id: string;
  readonly context: Sender;
  /** The transaction that publishes the event. */
  readonly tx: StoreTransaction<Schema>;
  /** The headers to send, with the trace already in them; names are in small letters. */
  readonly headers: Record<string, string>;
  /** Returns the event; with its defaults once it is validated. */
  message(): unknown;
  /** Checks the event and fills in defaults. @throws InvalidEvent if it breaks its contract */
  validate(): void;
  /** Returns the encoded event. */
  payload(): Uint8Array;
  /** Signs the event and its principal; undefined: the process has no certificate. */
  sign(): Promise<string | undefined>;
}

/**
 * A step around each `tx.publish`. `next` puts the event into the outbox; without it the event is not published.
 *
 * @example
 * ```ts
 * import type { PublisherMiddleware } from "@mesh/events";
 *
 * const addRegion: PublisherMiddleware = async (call, next) => {
 *   call.headers["x-region"] = "eu";
 *   return next();
 * };
 * ```
 */
export type PublisherMiddleware = (call: OutgoingEvent, next: () => Promise<unknown>) => Promise<unknown>;

/** The header with the key of an event, percent-encoded. */
export const keyHeader = "mesh-key";

/** The header with the signature of an event. */
export const signatureHeader = "mesh-signature";

/** The largest event, in bytes. */
const maxEventBytes = 256 * 1024;

/**
 * Rejects events of more than 256 KiB. @throws MeshError RESOURCE_EXHAUSTED
 *
 * @example
 * ```ts
 * import { defaultPublisherMiddleware, limitEventSize } from "@mesh/events";
 *
 * const without = defaultPublisherMiddleware.filter((step) => step !== limitEventSize);
 * ```
 */
export async function limitEventSize(call: OutgoingEvent, next: () => Promise<unknown>): Promise<unknown> {
  const bytes = call.payload().byteLength;
  if (bytes <= maxEventBytes) return next();
  const message = `${call.event.typeName} has ${bytes} bytes; an event may have ${maxEventBytes}`;
  throw new MeshError({ code: "RESOURCE_EXHAUSTED", message });
}

/**
 * Signs the event, its id and its principal, into the header `mesh-signature`. A process without a certificate signs nothing.
 *
 * @example
 * ```ts
 * import { defaultPublisherMiddleware, signEvent } from "@mesh/events";
 *
 * const without = defaultPublisherMiddleware.filter((step) => step !== signEvent);
 * ```
 */
export async function signEvent(call: OutgoingEvent, next: () => Promise<unknown>): Promise<unknown> {
  const signature = await call.sign();
  if (signature) call.headers[signatureHeader] = signature;
  return next();
}

/** The steps around each `tx.publish` unless `events.publish` says otherwise, the first one outermost. */
export const defaultPublisherMiddleware: readonly PublisherMiddleware[] = [validateEvent, limitEventSize, signEvent];
