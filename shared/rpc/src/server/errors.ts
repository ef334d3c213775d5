import { randomBytes } from "node:crypto";
import { MeshError } from "@mesh/contracts";
import { methodName } from "../deadline.ts";
import type { Middleware } from "./middleware.ts";

/** Makes an error that is nobody's declared one a neutral INTERNAL with an id; its cause is logged with that id. */
export const hideUnknownErrors: Middleware = async function hide({ scope, method }, next) {
  try {
    await next();
  } catch (error) {
    if (error instanceof MeshError) throw error;
    const errorId = randomBytes(6).toString("hex");
    scope.log.error({ err: error, errorId, method: methodName(method) }, "a handler failed");
    throw new MeshError({ code: "INTERNAL", message: `internal error (id ${errorId})` });
  }
};
