import { randomBytes } from "node:crypto";
import { type Code, MeshError, type MethodDefinition } from "@mesh/contracts";
import { methodName } from "../deadline.ts";
import { isReceived } from "../received-error.ts";
import type { ServerCall } from "./server-call.ts";

/** Codes that no contract can declare: something is broken, and the message is for us. */
const broken: ReadonlySet<Code> = new Set(["UNKNOWN", "INTERNAL", "DATA_LOSS"]);

/**
 * Replaces an error that the method does not declare by a neutral INTERNAL with an id, and logs it with that id.
 *
 * Two kinds of errors reach the caller without being declared: those that have a code and no reason, and those that
 * another service returned. The latter have come through this middleware there, and pass every further hop unchanged.
 */
export async function hideUndeclaredErrors(call: ServerCall, next: () => Promise<unknown>): Promise<unknown> {
  try {
    return await next();
  } catch (error) {
    const { context, method } = call;
    if (error instanceof MeshError && isPublic(error, method)) throw error;
    const errorId = randomBytes(6).toString("hex");
    const attributes = { errorId, method: methodName(method), ...undeclared(error) };
    context.log.error({ err: error, ...attributes }, "a handler failed");
    throw new MeshError({ code: "INTERNAL", message: `internal error (id ${errorId})` });
  }
}

function isPublic(error: MeshError, { errors }: MethodDefinition): boolean {
  if (isReceived(error)) return true;
  return error.reason === "" ? !broken.has(error.code) : errors?.has(error) === true;
}

/** The reason that a contract would have to declare. */
function undeclared(error: unknown): { readonly undeclared?: string } {
  return error instanceof MeshError && error.reason ? { undeclared: `${error.domain} ${error.reason}` } : {};
}
