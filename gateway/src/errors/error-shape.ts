import { randomUUID } from "node:crypto";
import { asDeclared, type ErrorCatalogue, MeshError, type MeshErrorShape, violations } from "@mesh/contracts";
import { errorIdOf, isTextChosen, withoutForeignText } from "@mesh/rpc";
import { type TRPC_ERROR_CODE_KEY, TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { TRPC_ERROR_CODES_BY_KEY } from "@trpc/server/rpc";
import { ZodError } from "zod";
import { trpcCodes } from "./trpc-codes.ts";

/** The parts of a shape that depend on the error. */
interface ShapeInit extends Partial<Omit<MeshErrorShape["data"], "code" | "httpStatus" | "path">> {
  readonly code: TRPC_ERROR_CODE_KEY;
  readonly message: string;
}

const shapes = new WeakMap<TRPCError, MeshErrorShape>();

/**
 * Returns the parts of an error that a client gets, always the same for one error. It never has a stack. An error without
 * a reason is shown if its code says that the caller can do something about it. An error with a reason is shown only if
 * the called method declares it. Of an error that a server outside of the mesh returned, the client gets the code and a
 * neutral text, and of any other error an id.
 *
 * @param declared the errors that the called method declares
 */
export function errorShape(error: TRPCError, declared: readonly ErrorCatalogue[], path?: string): MeshErrorShape {
  const known = shapes.get(error);
  if (known) return known;
  const shape = shapeOf(error, declared, path);
  shapes.set(error, shape);
  return shape;
}

function shapeOf(error: TRPCError, declared: readonly ErrorCatalogue[], path: string | undefined): MeshErrorShape {
  const { code, message, ...known } = initOf(error, declared);
  const httpStatus = getHTTPStatusCodeFromError(new TRPCError({ code }));
  const unknown = { reason: "", domain: "", metadata: {}, violations: [] };
  const data = { ...unknown, ...known, code, httpStatus, ...(path === undefined ? {} : { path: cut(path, maxPath) }) };
  return { message, code: TRPC_ERROR_CODES_BY_KEY[code], data };
}

function initOf(error: TRPCError, declared: readonly ErrorCatalogue[]): ShapeInit {
  const { cause, code, message } = error;
  if (cause instanceof MeshError) return ofMeshError(cause, declared) ?? internal(error);
  if (code === "INTERNAL_SERVER_ERROR") return internal(error);
  // tRPC's own messages have the paths that were called.
  return cause instanceof ZodError ? invalid(cause) : { code, message: cut(message, maxMessage) };
}

function ofMeshError(error: MeshError, declared: readonly ErrorCatalogue[]): ShapeInit | undefined {
  if (trpcCodes[error.code] === "INTERNAL_SERVER_ERROR") return undefined;
  const [found] = declared.flatMap((catalogue) => asDeclared(error, catalogue) ?? []);
  if (found) return { ...attributesOf(found), reason: found.reason, domain: found.domain, metadata: found.metadata };
  const shown = error.reason === "" && isTextChosen(error) ? error : withoutForeignText(error, undefined);
  return shown.reason === "" ? attributesOf(shown) : undefined;
}

/** How long clients should wait before they try a call again that met an outage, unless its error says otherwise. */
const outageMs = 1_000;

function attributesOf({ code, message, violations, ...error }: MeshError): ShapeInit {
  const retryAfterMs = error.retryAfterMs ?? (code === "UNAVAILABLE" ? outageMs : undefined);
  return { code: trpcCodes[code], message, violations, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function internal(error: TRPCError): ShapeInit {
  // That of the service that logged it, if there is one.
  const id = errorIdOf(error.cause) ?? randomUUID();
  return { code: "INTERNAL_SERVER_ERROR", message: `internal error (id ${id})`, id };
}

function invalid(error: ZodError): ShapeInit {
  const list = violations(error);
  const texts = list.map(({ field, description }) => (field ? `${field}: ${description}` : description));
  const more = texts.length > maxTexts ? [`and ${texts.length - maxTexts} more`] : [];
  const message = [...texts.slice(0, maxTexts), ...more].join("; ");
  return { code: "BAD_REQUEST", message, violations: list };
}

/** The longest path of a procedure and the longest message of tRPC that a client gets back: it may have sent 16 KiB. */
const maxPath = 200;
const maxMessage = 300;

/** How many violations the message has. The list has all that were found. */
const maxTexts = 5;

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}
