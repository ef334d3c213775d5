import type { IncomingMessage, ServerResponse } from "node:http";
import type { Registry } from "@bufbuild/protobuf";
import { settled } from "@mesh/runtime";
import type { TRPCError } from "@trpc/server";
import { cachingHeaders } from "../cache/caching-headers.ts";
import { keptResponse } from "../cache/kept-response.ts";
import { callService } from "../calls/call-service.ts";
import { Leaving } from "../calls/leaving.ts";
import type { ProcedureContext } from "../calls/procedure-call.ts";
import type { OpenRequest, RunCall } from "../calls/run-calls.ts";
import { replyConditional } from "../http/conditional.ts";
import { idempotencyKeyOf } from "../http/idempotency-key.ts";
import { replyJsonText } from "../http/reply.ts";
import type { UploadLimits } from "../limits/limits.ts";
import { checkRules } from "./check-rules.ts";
import type { Match } from "./find-route.ts";
import { jsonText } from "./json-text.ts";
import { ndjsonType } from "./ndjson.ts";
import { checkAccept, readJsonBody } from "./negotiate.ts";
import { requestReader } from "./read-request.ts";
import type { Route } from "./routes.ts";
import { streamSender } from "./send-stream.ts";
import { responseWriter } from "./write-response.ts";

/** A request that matches a route. */
export interface MatchedRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly match: Match;
  /** Without the `?`; empty: none. */
  readonly query: string;
}

/** Calls the method of a route and responds. Rejects if no response has begun. */
export type CallRoute = (matched: MatchedRequest) => Promise<void>;

/** Options that the calls of all routes share. */
export interface CallRouteOptions {
  readonly registry: Registry;
  readonly open: OpenRequest;
  readonly run: RunCall;
  readonly maxBodyBytes: number;
  readonly uploadLimits: UploadLimits;
  readonly ignoreUnknown: boolean;
  /** Gets the error that breaks off a stream. */
  readonly report: (response: ServerResponse, error: TRPCError, route: Route) => void;
}

/** Prepares the calls of one route: looks up once what they need of the contract. */
export function callerOf(route: Route, options: CallRouteOptions): CallRoute {
  const { registry, open, run, maxBodyBytes, ignoreUnknown } = options;
  const { method, procedure, call } = route;
  const read = requestReader(route, registry, ignoreUnknown);
  const write = responseWriter(route, registry);
  const sendStream = streamSender(method, write, (response, error) => options.report(response, error, route));
  const reply = replier(`REST ${route.http.path}`, (result) => jsonText(write(result)));
  const isStream = procedure.type === "subscription";
  const mediaType = isStream ? ndjsonType : "application/json";

  return async ({ request, response, match, query }) => {
    checkAccept(request, mediaType);
    const body = await readJsonBody(request, maxBodyBytes);
    const idempotencyKey = keyOf(route, request);
    const opensStream = isStream && request.method !== "HEAD";
    const callWith = (context: ProcedureContext) => {
      const input = checkRules(method, read({ match, query, body, idempotencyKey }), request.headers["last-event-id"]);
      return opensStream || !isStream ? callService(context, call, input) : undefined;
    };
    const opened = await open(request, response);
    const result = await run(opened, procedure, new Leaving(response), (context) => settled(() => callWith(context)));
    if (!isStream) return reply(response, result);
    // The contract says that the method streams.
    if (opensStream) return sendStream(response, result as AsyncIterable<unknown>);
    response.writeHead(200, { "content-type": mediaType, vary: "origin" }).end();
  };
}

/** Makes what sends the responses of one route. @param form its name among the forms of a response */
function replier(form: string, write: (result: unknown) => string) {
  return (response: ServerResponse, result: unknown): void => {
    const kept = keptResponse(result);
    const body = kept?.body(form, () => write(result));
    const headers = kept && cachingHeaders(response, kept, "origin");
    if (body && headers) replyConditional(response, { ...body, text: `${body.text}\n` }, headers);
    else replyJsonText(response, body?.text ?? write(result), { vary: "origin" });
  };
}

/** Returns the key of a request for its field, if it has one for keys. */
function keyOf({ http }: Route, request: IncomingMessage): string | undefined {
  return http.idempotencyKey === "" ? undefined : idempotencyKeyOf(request);
}
