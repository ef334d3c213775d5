import type { StatusObject } from "@grpc/grpc-js";
import { asDeclared, type Code, codeName, MeshError, type MethodDefinition } from "@mesh/contracts";
import { methodName } from "./deadline.ts";
import { decodeDetails } from "./error-details.ts";

/** The trailer that carries the bytes of a `google.rpc.Status`. */
export const detailsHeader = "grpc-status-details-bin";

const received = new WeakSet<MeshError>();

/**
 * The error that a failed call rejects with. An error of a server of the mesh is passed on unchanged, or with
 * exactly the metadata that the method declares for it. The rest are grpc-js's own failures and the plain statuses of other servers:
 * they get a message that names the service and the method. Their own text is the cause, since it may name addresses.
 */
export function receivedError(status: StatusObject, peer: string, method: MethodDefinition): MeshError {
  const [bytes] = status.metadata.get(detailsHeader);
  const said = typeof bytes === "object" ? decodeDetails(bytes) : undefined;
  const error = said ? (asDeclared(said, method.errors) ?? said) : plainError(status, peer, methodName(method));
  received.add(error);
  return error;
}

/** Returns whether another service returned this error. */
export function isReceived(error: MeshError): boolean {
  return received.has(error);
}

function plainError(status: StatusObject, peer: string, method: string): MeshError {
  const code = codeOf(status);
  const message = explain(code, status.details, peer, method);
  return new MeshError({ code, message, cause: new Error(`${codeName(status.code)}: ${status.details}`) });
}

/** A call that we did not end ourselves and that still was reset lost its server: that is no CANCELLED. */
function codeOf(status: StatusObject): Code {
  const code = codeName(status.code);
  return code === "CANCELLED" && status.details === "Call cancelled" ? "UNAVAILABLE" : code;
}

function explain(code: Code, details: string, peer: string, method: string): string {
  switch (code) {
    case "UNAVAILABLE":
      return `${peer} can't be reached (${method})`;
    case "DEADLINE_EXCEEDED":
      return `${peer} did not answer ${method} in time`;
    case "CANCELLED":
      return `${peer} cancelled ${method}`;
    case "UNIMPLEMENTED":
      return `${peer} does not offer ${method}`;
    case "RESOURCE_EXHAUSTED":
      return `${peer} or the way to it is at a limit (${method}): ${details}`;
    case "INTERNAL":
    case "UNKNOWN":
    case "DATA_LOSS":
      return `${peer} broke off ${method}: ${details}`;
    default:
      return details || `${peer} refused ${method}`;
  }
}
