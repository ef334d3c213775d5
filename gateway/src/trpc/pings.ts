import type { ServerResponse } from "node:http";

/** The interval of pings on an open subscription, in milliseconds. */
export const pingEveryMs = 1_500;

/**
 * The time without data after which a client opens its subscription again, in milliseconds. A page thus notices a lost
 * gateway within 5 s, and a healthy connection may deliver a ping 2.5 s late.
 */
export const silenceMs = 4_000;

/** The event that tRPC's clients accept as a ping. */
export const ping = "event: ping\ndata: \n\n";

const newline = "\n".charCodeAt(0);

/**
 * Sends pings on a subscription until it closes. tRPC's own pings pass through three streams each, which is ten times the
 * CPU. They are not sent inside an event, of which tRPC writes the lines one by one, nor to a client that reads too slowly.
 */
export function sendPings(response: ServerResponse): void {
  // It emits no "close" again.
  if (response.closed || response.destroyed) return;
  const write = response.write.bind(response);
  let isBetweenEvents = false;
  response.write = (chunk: Uint8Array) => {
    isBetweenEvents = chunk.at(-1) === newline && chunk.at(-2) === newline;
    return write(chunk);
  };
  const timer = setInterval(() => {
    if (isBetweenEvents && !response.writableNeedDrain && !response.writableEnded) write(ping);
  }, pingEveryMs);
  response.once("close", () => clearInterval(timer));
}
