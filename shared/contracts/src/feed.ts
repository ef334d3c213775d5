import { defineErrors, type ErrorCatalogue, type ErrorExtras, type MeshError, type NoErrorInfo } from "./error.ts";
import type { MeshErrorShape } from "./procedure.ts";

/** The input of a feed: a subscription to an event. */
export interface FeedRequest {
  /** The key whose events are wanted, such as the id of an order. Default: those of all keys. */
  readonly key?: string | undefined;
  /** Leave it out to begin now. tRPC's clients add it when they open a subscription again. */
  readonly lastEventId?: string | undefined;
}

/** A message of a feed. */
export type FeedMessage<Event> =
  /** The first message: all events after it follow. */
  | { readonly type: "started" }
  | { readonly type: "event"; readonly event: Event }
  /** There was nothing for this client for a while. Only the id counts. */
  | { readonly type: "position" }
  /**
   * Events may be missing, because the stream was deleted and created again, or removed them before the client came back. Load the state again:
   * all events after this message follow.
   */
  | { readonly type: "reset"; readonly reason: "rebuilt" | "expired" };

/** The attributes of an error of a feed. */
export interface FeedErrorInfo {
  /** The client reads too slowly. It may subscribe again, after the last message that it has. */
  readonly reason: "SLOW_READER";
  readonly domain: "mesh.v1.FeedError";
  readonly metadata: Readonly<Record<string, never>>;
}

/** The errors of feeds. */
export type FeedErrorShape = MeshErrorShape<FeedErrorInfo | NoErrorInfo>;

/** The errors of feeds. */
export interface FeedErrorCatalogue extends ErrorCatalogue<FeedErrorInfo> {
  /** The client reads too slowly. It may subscribe again, after the last message that it has. */
  slowReader(metadata?: Record<string, never>, extras?: ErrorExtras): MeshError;
}

const slowReader = "The client reads too slowly. It may subscribe again, after the last message that it has.";

/** The errors of feeds. No contract declares them: they are of the gateway. */
export const FeedError: FeedErrorCatalogue = /*@__PURE__*/ defineErrors("mesh.v1.FeedError", {
  slowReader: { reason: "SLOW_READER", code: "UNAVAILABLE", metadata: [], description: slowReader },
});
