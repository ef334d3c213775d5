import { randomBytes } from "node:crypto";
import { MeshError, type MeshErrorInit } from "@mesh/contracts";
import { isTextChosen } from "./error-origin.ts";

/** Returns an id by which people find an error in the log. */
export function newErrorId(): string {
  return randomBytes(6).toString("hex");
}

/** Makes an error whose text ends with an id, which further callers keep. */
export function errorWithId({ message, ...init }: MeshErrorInit, errorId: string): MeshError {
  return new MeshError({ ...init, message: `${message} (id ${errorId})` });
}

/**
 * Returns the id by which a log of the mesh has an error. Undefined if it has none, or if a server that is not of the mesh
 * returned it.
 *
 * @example
 * ```ts
 * import { MeshError } from "@mesh/contracts";
 * import { errorIdOf } from "@mesh/rpc";
 *
 * errorIdOf(new MeshError({ code: "INTERNAL", message: "internal error (id 26d737278cbe)" })); // "26d737278cbe"
 * ```
 */
export function errorIdOf(error: unknown): string | undefined {
  if (!(error instanceof MeshError && isTextChosen(error))) return undefined;
  return /\(id ([\da-f]{12})\)$/.exec(error.message)?.[1];
}
