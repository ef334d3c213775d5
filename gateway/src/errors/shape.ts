import { MeshError, type MeshErrorShape, violations } from "@mesh/contracts";
import { type TRPC_ERROR_CODE_KEY, TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { ZodError } from "zod";
import { trpcCodes } from "./codes.ts";
import { incidentId } from "./incident.ts";

/** An error in the browser's terms. */
interface Answer extends Partial<Omit<MeshErrorShape["data"], "code" | "httpStatus" | "path">> {
  readonly code: TRPC_ERROR_CODE_KEY;
  readonly message: string;
}

/** What a browser gets to know of an error: never a stack, and of one that nobody declared nothing but an id. */
export function errorShape(error: TRPCError, path?: string): MeshErrorShape {
  const { code, message, ...known } = answerTo(error);
  const httpStatus = getHTTPStatusCodeFromError(new TRPCError({ code }));
  const unknown = { reason: "", domain: "", metadata: {}, violations: [] };
  const data = { ...unknown, ...known, code, httpStatus, ...(path === undefined ? {} : { path }) };
  return { message, code: TRPC_ERROR_CODES_BY_KEY[code], data };
}

/** Whether an error means that something of ours is broken, or that code threw what it should not have. */
export function isIncident(error: TRPCError): boolean {
  return codeOf(error) === "INTERNAL_SERVER_ERROR";
}

function codeOf({ cause, code }: TRPCError): TRPC_ERROR_CODE_KEY {
  return cause instanceof MeshError ? trpcCodes[cause.code] : code;
}

function answerTo(error: TRPCError): Answer {
  const { cause } = error;
  if (isIncident(error)) return neutral(incidentId(error));
  if (cause instanceof MeshError) return declared(cause);
  if (cause instanceof ZodError) return invalid(cause);
  return { code: error.code, message: error.message };
}

function neutral(id: string): Answer {
  return { code: "INTERNAL_SERVER_ERROR", message: `internal error (id ${id})`, id };
}

function declared(error: MeshError): Answer {
  const { code, message, reason, domain, metadata, retryAfterMs } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return { code: trpcCodes[code], message, reason, domain, metadata, violations: error.violations, ...wait };
}

function invalid(error: ZodError): Answer {
  const list = violations(error);
  const texts = list.map(({ field, description }) => (field ? `${field}: ${description}` : description));
  return { code: "BAD_REQUEST", message: texts.join("; "), violations: list };
}
