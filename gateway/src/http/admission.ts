import type { IncomingMessage, ServerResponse } from "node:http";
import { parseTrace, type TraceContext, traceHeader } from "@mesh/runtime";
import { TRPCError } from "@trpc/server";
import { admit, provenanceOf } from "./cors.ts";

/**
 * Lets pages of this and of the listed origins call; those of the latter may read the answer.
 *
 * @throws TRPCError FORBIDDEN where a page calls whose origin is not listed
 */
export function checkOrigin(request: IncomingMessage, response: ServerResponse, origins: ReadonlySet<string>): void {
  const provenance = provenanceOf(request, origins);
  if (provenance === "foreign")
    throw new TRPCError({ code: "FORBIDDEN", message: "pages of this origin may not call" });
  if (provenance === "listed") admit(response, request.headers.origin ?? "");
}

/** Whether a body is JSON by its type, which a form of another site can't claim, and in UTF-8, if that says so at all. */
export function isJson({ headers }: IncomingMessage): boolean {
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  return type.trim() === "application/json" && parameters.every(mayBeUtf8);
}

function mayBeUtf8(parameter: string): boolean {
  const [, charset] = /^\s*charset="?([^"]*?)"?\s*$/.exec(parameter) ?? [];
  return charset === undefined || charset === "utf-8" || charset === "utf8";
}

/** The trace that a request is part of; undefined: it says none. */
export function parentOf({ headers }: IncomingMessage): TraceContext | undefined {
  const header = headers[traceHeader];
  return parseTrace(Array.isArray(header) ? header[0] : header);
}
