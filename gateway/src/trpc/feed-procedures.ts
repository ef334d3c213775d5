import { type FeedDefinition, FeedError } from "@mesh/contracts";
import type { Feeds } from "@mesh/events/feed";
import { tracked } from "@trpc/server";
import { feedCall } from "../calls/feed-call.ts";
import type { DirectProcedure } from "./direct-procedure.ts";

/** Makes the procedure of a feed. @param feeds undefined: the gateway has no NATS */
export function directFeed(feed: FeedDefinition, path: string, feeds: Feeds | undefined): DirectProcedure {
  const { procedure, parse, open } = feedCall(feed, path, feeds);
  return {
    procedure,
    declared: [FeedError],
    parse,
    resolve: async function* (context, input) {
      for await (const { id, data } of open(context, input)) yield tracked(id, data);
    },
  };
}
