import { type Code, MeshError } from "@mesh/contracts";
import { isTextChosen } from "../error-origin.ts";

const codes: readonly Code[] = ["UNIMPLEMENTED", "UNAUTHENTICATED", "PERMISSION_DENIED"];

/** Returns whether a server rejects a call of the mux because it has no mux, or lets no one call it without more headers. */
export function lacksMux(failure: unknown): boolean {
  // A server with a mux chooses the text of its errors.
  return failure instanceof MeshError && codes.includes(failure.code) && !isTextChosen(failure);
}
