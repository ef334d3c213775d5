import { randomBytes } from "node:crypto";
import { type Code, MeshError, type MethodDefinition } from "@mesh/contracts";
import { methodName } from "../deadline.ts";
import { isReceived } from "../status/received.ts";
import type { Middleware } from "./middleware.ts";

/** Codes that no contract can declare: something is broken, and what it says is for us. */
const broken: ReadonlySet<Code> = new Set(["UNKNOWN", "INTERNAL", "DATA_LOSS"]);

/**
 * Makes an error that the method does not declare a neutral INTERNAL with an id; it is logged with that id. Two kinds
 * are told without being declared: errors that give no reason, only a code, and what a peer has answered, which has come
 * through this at the peer and goes through every further hop as it is.
 */
export const hideUndeclaredErrors: Middleware = async function hide({ scope, method }, next) {
  try {
    await next();
  } catch (error) {
    if (error instanceof MeshError && mayBeTold(error, method)) throw error;
    const errorId = randomBytes(6).toString("hex");
    const facts = { errorId, method: methodName(method), ...undeclared(error) };
    scope.log.error({ err: error, ...facts }, "a handler failed");
    throw new MeshError({ code: "INTERNAL", message: `internal error (id ${errorId})` });
  }
};

function mayBeTold(error: MeshError, { errors }: MethodDefinition): boolean {
  if (isReceived(error)) return true;
  return error.reason === "" ? !broken.has(error.code) : errors?.has(error) === true;
}

/** What a contract would have to declare. */
function undeclared(error: unknown): { readonly undeclared?: string } {
  return error instanceof MeshError && error.reason ? { undeclared: `${error.domain} ${error.reason}` } : {};
}
