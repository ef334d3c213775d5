import type { ServerResponse } from "node:http";
import type { TrackedFeedMessage } from "@mesh/events/feed";
import type { TRPCError } from "@trpc/server";
import { isAbortError } from "../calls/until-aborted.ts";
import { trpcErrorOf } from "../errors/trpc-codes.ts";
import { EventWriter } from "../http/event-writer.ts";
import type { FeedRoute } from "./feed-routes.ts";
import { jsonText } from "./json-text.ts";
import { problemOf } from "./problem.ts";

/** The media type of server-sent events. */
export const eventStreamType = "text/event-stream";

/** The headers of a feed. Proxies must not collect its events. */
export const eventStreamHeaders = {
  "content-type": eventStreamType,
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
  vary: "origin",
};

/** A comment, every 15 s: clients ignore it. */
const pings = { text: ":\n\n", everyMs: 15_000 };

/**
 * Sends the messages of a feed as server-sent events. Takes no more of them than the client reads. The headers wait for the first
 * message, so that a feed that can't be opened has an error status: rejects then.
 *
 * @param report gets the error that breaks the feed off
 */
export async function sendFeed(
  response: ServerResponse,
  messages: AsyncIterable<TrackedFeedMessage>,
  { write, method }: Pick<FeedRoute, "write" | "method">,
  report: (error: TRPCError) => void,
): Promise<void> {
  let writer: EventWriter | undefined;
  try {
    for await (const { id, data } of messages) {
      writer ??= begin(response);
      const room = writer.write(`id: ${id}\ndata: ${jsonText(write(data))}\n\n`);
      if (room) await room;
      if (response.closed) return;
    }
    writer ??= begin(response);
  } catch (cause) {
    const error = trpcErrorOf(cause);
    // After the end that an abort makes, clients open the feed again.
    if (!writer && !isAbortError(cause)) throw error;
    writer ??= begin(response);
    if (isAbortError(cause)) return;
    // The errors of feeds get their shape here, before they are reported.
    const { problem } = problemOf(error, method);
    report(error);
    writer.write(`event: problem\ndata: ${JSON.stringify(problem)}\n\n`);
  } finally {
    writer?.end();
  }
}

function begin(response: ServerResponse): EventWriter {
  if (!response.headersSent) response.writeHead(200, eventStreamHeaders);
  return new EventWriter(response, pings);
}
