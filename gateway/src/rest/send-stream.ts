import type { ServerResponse } from "node:http";
import { MeshError, type MethodDefinition } from "@mesh/contracts";
import type { TRPCError } from "@trpc/server";
import { eventIds } from "../calls/event-ids.ts";
import { isAbortError } from "../calls/until-aborted.ts";
import { trpcErrorOf } from "../errors/trpc-codes.ts";
import { lineWriter } from "./ndjson.ts";
import { problemOf } from "./problem.ts";
import type { WriteResponse } from "./write-response.ts";

/** Sends the messages of a stream as lines. Rejects if it fails before the response has begun. */
export type SendStream = (response: ServerResponse, messages: AsyncIterable<unknown>) => Promise<void>;

/** Makes what sends the streams of a method. `report` gets the error that breaks one off. */
export function streamSender(
  method: MethodDefinition,
  write: WriteResponse,
  report: (response: ServerResponse, error: TRPCError) => void,
): SendStream {
  const { resume } = method;
  return async (response, messages) => {
    try {
      await sendLines(response, messages, write, resume && eventIds(resume));
    } catch (cause) {
      // The client left, as most that watch something do: no one gets the error, whose shape would cost as much as a call.
      if (response.headersSent && response.destroyed) return;
      const error = trpcErrorOf(isAbortError(cause) ? endOf(response) : cause);
      if (!response.headersSent) throw error;
      // The method's own errors get their shape here, before they are reported.
      const { problem } = problemOf(error, method);
      report(response, error);
      response.end(`${JSON.stringify({ error: problem })}\n`);
    }
  };
}

/** Takes no more messages from the service than the client reads. */
async function sendLines(
  response: ServerResponse,
  messages: AsyncIterable<unknown>,
  write: WriteResponse,
  idOf: ((message: unknown) => string) | undefined,
): Promise<void> {
  const lines = lineWriter(response);
  try {
    for await (const message of messages) await lines.write(write(message), idOf?.(message));
    lines.end();
  } finally {
    lines.stop();
  }
}

/** Why the stream was ended from our side. The response must not look complete. */
function endOf(response: ServerResponse): MeshError {
  if (response.destroyed) return new MeshError({ code: "CANCELLED", message: "the client left" });
  const message = "the stream reached its time limit: open it again, after its last line";
  return new MeshError({ code: "UNAVAILABLE", message, retryAfterMs: 0 });
}
