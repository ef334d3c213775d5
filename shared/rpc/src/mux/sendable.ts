import { MeshError } from "@mesh/contracts";
import { encodeDetails } from "../error-details.ts";
import type { FittingError } from "../fitting-error.ts";

/** Returns an error of the mux itself as it is sent. */
export function sendable(error: MeshError): FittingError {
  return { error, details: encodeDetails(error), cut: [] };
}

/** The error of a call of a method that this server does not offer, as grpc-js words it. */
export function unimplemented(path: string): FittingError {
  const message = `The server does not implement the method ${path}`;
  return sendable(new MeshError({ code: "UNIMPLEMENTED", message }));
}
