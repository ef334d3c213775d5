import type { JsonValue, Registry } from "@bufbuild/protobuf";
import { type FeedDefinition, FeedError, type FeedMessage } from "@mesh/contracts";
import type { Feeds } from "@mesh/events/feed";
import type { PeerDefinitions } from "@mesh/rpc";
import { type FeedCall, feedCall } from "../calls/feed-call.ts";
import { responseWriter } from "./write-response.ts";

/** A feed as server-sent events. */
export interface FeedRoute extends FeedCall {
  /** `/v1/feeds/orders/onOrderConfirmed` */
  readonly path: string;
  /** The errors that clients get to see. */
  readonly method: { readonly errors: typeof FeedError };
  /** Converts a message to JSON, with its event in proto3 JSON. */
  readonly write: (message: FeedMessage<unknown>) => JsonValue;
}

/** Returns the routes of the feeds of services. @param feeds undefined: the gateway has no NATS */
export function feedRoutesOf(services: PeerDefinitions, feeds: Feeds | undefined, registry: Registry): FeedRoute[] {
  return Object.entries(services).flatMap(([key, { name, feeds: all = {} }]) =>
    Object.entries(all).map(([feedName, feed]) => ({
      path: `/v1/feeds/${name}/${feedName}`,
      ...feedCall(feed, `${key}.${feedName}`, feeds),
      method: { errors: FeedError },
      write: messageWriter(feed, registry),
    })),
  );
}

function messageWriter({ event }: FeedDefinition, registry: Registry): FeedRoute["write"] {
  const write = responseWriter({ http: { responseBody: "" }, method: { output: event } }, registry);
  return (message) => (message.type === "event" ? { type: "event", event: write(message.event) } : { ...message });
}
