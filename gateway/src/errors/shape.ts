import { asDeclared, type ErrorCatalogue, MeshError, type MeshErrorShape, violations } from "@mesh/contracts";
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

const shapes = new WeakMap<TRPCError, MeshErrorShape>();

/**
 * What a caller from outside gets to know of an error, always the same for one error: never a stack, and of one that is
 * not declared nothing but an id. An error without a reason is told if its code says that the caller can do something
 * about it; one with a reason only if the method that was called declares it, which an error that came from further
 * behind in the mesh may not be.
 *
 * @param declared what the method that was called declares
 */
export function errorShape(error: TRPCError, declared: readonly ErrorCatalogue[], path?: string): MeshErrorShape {
  const known = shapes.get(error);
  if (known) return known;
  const shape = shapeOf(error, declared, path);
  shapes.set(error, shape);
  return shape;
}

function shapeOf(error: TRPCError, declared: readonly ErrorCatalogue[], path: string | undefined): MeshErrorShape {
  const { code, message, ...known } = answerTo(error, declared);
  const httpStatus = getHTTPStatusCodeFromError(new TRPCError({ code }));
  const unknown = { reason: "", domain: "", metadata: {}, violations: [] };
  const data = { ...unknown, ...known, code, httpStatus, ...(path === undefined ? {} : { path }) };
  return { message, code: TRPC_ERROR_CODES_BY_KEY[code], data };
}

function answerTo(error: TRPCError, declared: readonly ErrorCatalogue[]): Answer {
  const { cause, code, message } = error;
  if (cause instanceof MeshError) return meshAnswer(cause, declared) ?? neutral(error);
  if (code === "INTERNAL_SERVER_ERROR") return neutral(error);
  return cause instanceof ZodError ? invalid(cause) : { code, message };
}

function meshAnswer(error: MeshError, declared: readonly ErrorCatalogue[]): Answer | undefined {
  const code = trpcCodes[error.code];
  if (code === "INTERNAL_SERVER_ERROR") return undefined;
  const { message, violations, retryAfterMs } = error;
  const answer = { code, message, violations, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  if (error.reason === "") return answer;
  const [found] = declared.flatMap((catalogue) => asDeclared(error, catalogue) ?? []);
  return found && { ...answer, reason: found.reason, domain: found.domain, metadata: found.metadata };
}

function neutral(error: TRPCError): Answer {
  const id = incidentId(error);
  return { code: "INTERNAL_SERVER_ERROR", message: `internal error (id ${id})`, id };
}

function invalid(error: ZodError): Answer {
  const list = violations(error);
  const texts = list.map(({ field, description }) => (field ? `${field}: ${description}` : description));
  return { code: "BAD_REQUEST", message: texts.join("; "), violations: list };
}
