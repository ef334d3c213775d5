import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonValue, Registry } from "@bufbuild/protobuf";
import { MeshError, type MethodDefinition } from "@mesh/contracts";
import { getTRPCErrorFromUnknown, type TRPCError, type TRPCProcedureType } from "@trpc/server";
import { checkKnown, checkScopes } from "../auth.ts";
import type { Call, Context } from "../context.ts";
import { methodOf, type StreamMethod, type UnaryMethod } from "../expose.ts";
import { replyJson } from "../http/reply.ts";
import { untilAborted } from "../subscription.ts";
import { bodyOf, checkAccept } from "./accept.ts";
import { idempotencyHeader, idempotencyKeyOf } from "./idempotency.ts";
import type { Match } from "./match.ts";
import { lineWriter, ndjsonType } from "./ndjson.ts";
import { problemOf } from "./problem.ts";
import { Refusal } from "./refusal.ts";
import { requestReader } from "./request.ts";
import { responseWriter } from "./response.ts";
import type { Route } from "./routes.ts";

/** A request that a route is for. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly match: Match;
  /** Without the `?`; empty: none. */
  readonly query: string;
}

/** Calls the method of a route, and answers. Rejects where nothing is answered yet. */
export type CallRoute = (asked: Asked, contextOf: () => Context) => Promise<void>;

/** What the calls of all routes share. */
export interface CallOptions {
  readonly registry: Registry;
  readonly maxBodyBytes: number;
  readonly ignoreUnknown: boolean;
  /** Told of what breaks a stream off. */
  readonly report: (error: TRPCError, route: Route) => void;
}

/** Prepares the calls of one route: what they need of the contract is looked up once. */
export function callerOf(route: Route, { registry, maxBodyBytes, ignoreUnknown, report }: CallOptions): CallRoute {
  const { method, service, key } = route;
  const read = requestReader(route, registry, ignoreUnknown);
  const write = responseWriter(route, registry);
  const type = procedureType(method);
  const mediaType = type === "subscription" ? ndjsonType : "application/json";

  return async ({ request, response, match, query }, contextOf) => {
    checkAccept(request, mediaType);
    const body = await bodyOf(request, maxBodyBytes);
    const idempotencyKey = keyFor(route, request);
    const context = contextOf();
    checkScopes(context.caller, method.gateway?.scopes ?? []);
    if (type === "mutation") checkKnown(context.caller);
    const input = read({ match, query, body, idempotencyKey });
    if (type === "subscription" && request.method === "HEAD") return answerHead(response);
    const call = context.open(type, leaving(response));
    if (type === "subscription") return sendAll(call, input, response);
    const answer = await methodOf<UnaryMethod>(call.peers, service, key)(input);
    replyJson(response, 200, write(answer), { vary: "origin" });
  };

  async function sendAll({ peers, scope }: Call, input: unknown, response: ServerResponse): Promise<void> {
    const messages = methodOf<StreamMethod>(peers, service, key)(input);
    await sendLines(response, untilAborted(messages, scope.signal), write).catch((cause: unknown) => {
      const error = getTRPCErrorFromUnknown(scope.signal.aborted ? endOf(response) : cause);
      if (!response.headersSent) throw error;
      const { problem } = problemOf(error, method);
      if (!response.destroyed) report(error, route);
      response.end(`${JSON.stringify({ error: problem })}\n`);
    });
  }
}

/** Sends messages as lines, and takes no more of them than the client reads. */
async function sendLines(
  response: ServerResponse,
  messages: AsyncIterable<unknown>,
  write: (message: unknown) => JsonValue,
): Promise<void> {
  const lines = lineWriter(response);
  try {
    for await (const message of messages) await lines.write(write(message));
    lines.end();
  } finally {
    lines.stop();
  }
}

function procedureType({ kind, idempotency }: MethodDefinition): TRPCProcedureType {
  if (kind === "server_streaming") return "subscription";
  return idempotency === "no_side_effects" ? "query" : "mutation";
}

/** The key that a request brings. @throws Refusal where nobody would look at it, and the caller relies on it */
function keyFor({ http, method }: Route, { headers }: IncomingMessage): string | undefined {
  const key = idempotencyKeyOf(headers[idempotencyHeader]);
  if (key === undefined || http.idempotencyKey !== "") return key;
  if (method.idempotency !== "unknown") return undefined;
  throw new Refusal(400, "this takes no Idempotency-Key: to repeat the call may repeat what it does");
}

/** Aborts when the client leaves before it has its answer. */
function leaving(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) left.abort(new Error("the client has left"));
  });
  return left.signal;
}

function answerHead(response: ServerResponse): void {
  response.writeHead(200, { "content-type": ndjsonType, vary: "origin" }).end();
}

/** Why a stream was ended from our side. What its client got must not look as if all were said. */
function endOf(response: ServerResponse): MeshError {
  if (response.destroyed) return new MeshError({ code: "CANCELLED", message: "the client has left" });
  const message = "the stream has lasted as long as one may: open it again, behind its last line";
  return new MeshError({ code: "UNAVAILABLE", message, retryAfterMs: 0 });
}
