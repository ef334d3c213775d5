import { type FeedDefinition, FeedError, MeshError } from "@mesh/contracts";
import type { Feeds } from "@mesh/events/feed";
import { tracked } from "@trpc/server";
import * as z from "zod";
import type { Caller } from "../identity/caller.ts";
import type { DirectProcedure } from "./direct-procedure.ts";

/** The longest key of an event, and the longest id of a message, in characters. */
const maxLength = 256;

const feedRequest = z
  .object({
    key: z.string().min(1).max(maxLength).optional(),
    lastEventId: z.string().max(maxLength).nullish(),
  })
  .optional();

/** Makes the procedure of a feed. @param feeds undefined: the gateway has no NATS */
export function directFeed(feed: FeedDefinition, path: string, feeds: Feeds | undefined): DirectProcedure {
  const source = { event: feed.event, owner: feed.owner?.field };
  return {
    procedure: { path, type: "subscription", scopes: feed.scopes },
    declared: [FeedError],
    parse: (input) => feedRequest.parse(input),
    resolve: async function* ({ caller, scope }, input) {
      if (!feeds) throw new MeshError({ code: "UNAVAILABLE", message: "the gateway has no NATS_URL" });
      // It was parsed.
      const { key, lastEventId } = (input ?? {}) as NonNullable<z.output<typeof feedRequest>>;
      const after = lastEventId ?? undefined;
      const request = { owner: ownerFor(feed.owner, caller), key, after, signal: scope.signal };
      for await (const { id, data } of feeds.subscribe(source, request)) yield tracked(id, data);
    },
  };
}

/** Returns the owner whose events a caller gets; undefined: those of all. */
function ownerFor(owner: FeedDefinition["owner"], { principal, scopes }: Caller): string | undefined {
  if (!owner || (owner.unless !== undefined && scopes.has(owner.unless))) return undefined;
  return principal.id;
}
