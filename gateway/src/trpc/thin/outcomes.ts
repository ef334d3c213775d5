import type { ServerResponse } from "node:http";
import type { MeshErrorShape } from "@mesh/contracts";
import { transformer } from "@mesh/contracts/transformer";
import { getTRPCErrorFromUnknown, TRPCError } from "@trpc/server";
import { cachingHeaders } from "../../cache/caching-headers.ts";
import { keptResponse } from "../../cache/kept-response.ts";
import { errorShape } from "../../errors/error-shape.ts";
import { replyConditional } from "../../http/conditional.ts";
import { retryHeaders } from "../../http/retry-after.ts";
import { longestDelay, varyHeader } from "../response-headers.ts";

/** The result of a call, or the shape of its error. */
export type Outcome = { readonly data: unknown } | { readonly error: MeshErrorShape };

/** Reports an error that a client gets. @param path undefined: it belongs to no single call */
export type ReportError = (response: ServerResponse, error: TRPCError, path?: string) => void;

/** Sends the outcome of a call that is not in a batch. */
export function sendOutcome(response: ServerResponse, outcome: Outcome, report: ReportError): void {
  try {
    if ("data" in outcome && hasStream(outcome.data)) throw streamError();
    if ("data" in outcome && sendKept(response, outcome)) return;
    send(response, statusOf(outcome), textOf(outcome), "error" in outcome ? [outcome.error] : []);
  } catch (cause) {
    sendFailure(response, cause, report);
  }
}

/** Sends the outcomes of the calls of a batch, in their order. */
export function sendOutcomes(
  response: ServerResponse,
  all: readonly Outcome[],
  paths: readonly string[],
  report: ReportError,
): void {
  try {
    const outcomes = all.map((outcome, index) => withoutStream(outcome, paths[index]));
    const statuses = new Set(outcomes.map(statusOf));
    const [status = 207] = statuses.size === 1 ? statuses : [];
    const errors = outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
    send(response, status, `[${outcomes.map(textOf).join(",")}]`, errors);
  } catch (cause) {
    sendFailure(response, cause, report);
  }
}

/** Sends the error of a response that can't be sent: its result has no exact form in JSON. */
function sendFailure(response: ServerResponse, cause: unknown, report: ReportError): void {
  const error = getTRPCErrorFromUnknown(cause);
  const shape = errorShape(error, []);
  report(response, error);
  send(response, shape.data.httpStatus, textOf({ error: shape }), [shape]);
}

function send(response: ServerResponse, status: number, body: string, errors: readonly MeshErrorShape[]): void {
  const headers = {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    vary: varyHeader,
  };
  if (errors.length > 0) Object.assign(headers, retryHeaders(longestDelay(errors)));
  response.writeHead(response.statusCode === 200 ? status : response.statusCode, headers);
  response.end(body);
}

function textOf(outcome: Outcome): string {
  if ("error" in outcome) return `{"error":${JSON.stringify(transformer.serialize(outcome.error))}}`;
  const write = () => JSON.stringify(transformer.serialize(outcome.data));
  return `{"result":{"data":${keptResponse(outcome.data)?.body("tRPC", write).text ?? write()}}}`;
}

/** Sends a response that the client may keep, or 304 if it has. @returns false if it may not */
function sendKept(response: ServerResponse, outcome: Extract<Outcome, { readonly data: unknown }>): boolean {
  const kept = keptResponse(outcome.data);
  const headers = kept && cachingHeaders(response, kept, varyHeader);
  if (!kept || !headers || response.statusCode !== 200) return false;
  const text = textOf(outcome);
  const { etag } = kept.body("tRPC", () => text);
  replyConditional(response, { text, etag }, headers);
  return true;
}

function statusOf(outcome: Outcome): number {
  return "error" in outcome ? outcome.error.data.httpStatus : 200;
}

function withoutStream(outcome: Outcome, path: string | undefined): Outcome {
  if ("error" in outcome || !hasStream(outcome.data)) return outcome;
  return { error: errorShape(streamError(), [], path) };
}

function streamError(): TRPCError {
  const message = "Cannot use stream-like response in non-streaming request - use httpBatchStreamLink";
  return new TRPCError({ code: "UNSUPPORTED_MEDIA_TYPE", message });
}

/** Returns true for a result that only a batch of JSON lines can carry. A middleware may have made it. */
function hasStream(data: unknown): boolean {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return false;
  return isIterable(data) || Object.values(data).some((value) => isIterable(value) || value instanceof Promise);
}

function isIterable(value: unknown): boolean {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
