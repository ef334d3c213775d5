import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { JsonValue } from "@bufbuild/protobuf";
import { jsonText } from "./json-text.ts";

/** The media type of streams: one JSON value per line. Source: https://github.com/ndjson/ndjson-spec */
export const ndjsonType = "application/x-ndjson";

/** The time that a stream waits for its first message before it sends the headers. */
const headersAfterMs = 1_000;
/** The interval at which an idle stream sends a space as a ping. */
const pingMs = 15_000;

/** Writes the messages of a stream, each as `{"result":…}` on a line of its own, with its `id` if it has one. */
export interface LineWriter {
  /** Resolves once the client has room for more, or has left. */
  write(message: JsonValue, id?: string): Promise<void>;
  /** Ends the response. */
  end(): void;
  /** Stops the timers. The response may go on. */
  stop(): void;
}

/** Begins a response of lines. The headers wait for the first line, so that a call that fails early has an error status. */
export function lineWriter(response: ServerResponse): LineWriter {
  const start = () => {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(200, { "content-type": ndjsonType, vary: "origin" });
    response.flushHeaders();
  };
  const starting = setTimeout(start, headersAfterMs);
  // White space before a line is not part of its JSON.
  const ping = setInterval(() => response.headersSent && response.write(" "), pingMs);
  return {
    async write(message, id) {
      start();
      const member = id === undefined ? "" : `,"id":${JSON.stringify(id)}`;
      if (response.destroyed || response.write(`{"result":${jsonText(message)}${member}}\n`)) return;
      await roomOrClose(response);
    },
    end() {
      start();
      response.end();
    },
    stop() {
      clearTimeout(starting);
      clearInterval(ping);
    },
  };
}

/** Waits until a client has room for more, or has left. */
export async function roomOrClose(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const events = ["drain", "close"].map((name) => once(response, name, { signal: settled.signal }));
  await Promise.race(events).finally(() => settled.abort());
}
