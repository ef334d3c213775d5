import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { JsonValue } from "@bufbuild/protobuf";

/** The media type of streams: a JSON value a line. Source: https://github.com/ndjson/ndjson-spec */
export const ndjsonType = "application/x-ndjson";

/** How long a stream waits for its first message before it says that it has begun. */
const headersAfterMs = 1_000;
/** How often an idle stream shows that it is alive, as server-sent events do. */
const pingMs = 15_000;

/** Writes the messages of a stream, each as `{"result":…}` on a line of its own. */
export interface LineWriter {
  /** Resolves once the client has room for more, or has left. */
  write(message: JsonValue): Promise<void>;
  /** Ends the answer. */
  end(): void;
  /** Leaves the answer to others. */
  stop(): void;
}

/** Begins an answer of lines. Its headers wait for the first one, so that a call that fails at once has its status. */
export function lineWriter(response: ServerResponse): LineWriter {
  const start = () => {
    if (response.headersSent || response.destroyed) return;
    response.writeHead(200, { "content-type": ndjsonType, vary: "origin" });
    response.flushHeaders();
  };
  const starting = setTimeout(start, headersAfterMs);
  // White space before a line is no part of it, and no line of its own either.
  const ping = setInterval(() => response.headersSent && response.write(" "), pingMs);
  return {
    async write(message) {
      start();
      if (response.destroyed || response.write(`${JSON.stringify({ result: message })}\n`)) return;
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

async function roomOrClose(response: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const events = ["drain", "close"].map((name) => once(response, name, { signal: settled.signal }));
  await Promise.race(events).finally(() => settled.abort());
}
