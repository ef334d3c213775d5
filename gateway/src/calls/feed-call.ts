import { type FeedDefinition, MeshError } from "@mesh/contracts";
import type { Feeds, TrackedFeedMessage } from "@mesh/events/feed";
import * as z from "zod";
import type { Caller } from "../identity/caller.ts";
import type { Procedure, ProcedureContext } from "./procedure-call.ts";

/** The longest key of an event, and the longest id of a message, in characters. */
const maxLength = 256;

const feedRequest = z
  .object({
    key: z.string().min(1).max(maxLength).optional(),
    lastEventId: z.string().max(maxLength).nullish(),
  })
  .optional();

/** A feed, as all ways to open it call it. */
export interface FeedCall {
  readonly procedure: Procedure;
  /** Checks an input. @throws ZodError */
  readonly parse: (input: unknown) => unknown;
  /** Opens the feed with an input that was checked. */
  readonly open: (
    context: Pick<ProcedureContext, "caller" | "scope">,
    input: unknown,
  ) => AsyncGenerator<TrackedFeedMessage, void>;
}

/** Makes the call of a feed. @param feeds undefined: the gateway has no NATS */
export function feedCall(feed: FeedDefinition, path: string, feeds: Feeds | undefined): FeedCall {
  const source = { event: feed.event, owner: feed.owner?.field };
  return {
    procedure: { path, type: "subscription", scopes: feed.scopes },
    parse: (input) => feedRequest.parse(input),
    open: async function* ({ caller, scope }, input) {
      if (!feeds) throw new MeshError({ code: "UNAVAILABLE", message: "the gateway has no NATS_URL" });
      // It was parsed.
      const { key, lastEventId } = (input ?? {}) as NonNullable<z.output<typeof feedRequest>>;
      const after = lastEventId ?? undefined;
      const request = { owner: ownerFor(feed.owner, caller), key, after, signal: scope.signal };
      yield* feeds.subscribe(source, request);
    },
  };
}

/** Returns the owner whose events a caller gets; undefined: those of all. */
function ownerFor(owner: FeedDefinition["owner"], { principal, scopes }: Caller): string | undefined {
  if (!owner || (owner.unless !== undefined && scopes.has(owner.unless))) return undefined;
  return principal.id;
}
