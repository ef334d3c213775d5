import type { StatusObject } from "@grpc/grpc-js";
import { asDeclared, type Code, codeName, MeshError, type MethodDefinition } from "@mesh/contracts";
import { methodName } from "./deadline.ts";
import { decodeDetails } from "./error-details.ts";
import { asUnsent, setOrigin } from "./error-origin.ts";
import { chosenTextHeader, detailsHeader, isLocal, isUnsentStatus } from "./received-status.ts";
import { retryLaterMs } from "./retry-later.ts";

/** How a server ended a call that failed. */
export interface SentError {
  /** The code's number in gRPC. */
  readonly code: number;
  readonly text: string;
  /** The bytes of a `google.rpc.Status`; undefined: the server sent none. */
  readonly details: Uint8Array | undefined;
  /** Whether a handler of the mesh chose the text for callers. */
  readonly isChosen: boolean;
}

/**
 * The error that a failed call of gRPC rejects with. A failure of grpc-js itself has a message that names the service and the
 * method; its own text is the cause, since it may name addresses.
 */
export function receivedError(received: StatusObject, peer: string, method: MethodDefinition): MeshError {
  if (isLocal(received)) return localError(received, peer, method);
  const { code, details: text, metadata } = received;
  const [details] = metadata.get(detailsHeader);
  const isChosen = metadata.get(chosenTextHeader).length > 0;
  return sentError({ code, text, details: typeof details === "object" ? details : undefined, isChosen }, peer, method);
}

/**
 * The error that a server sent: its code, message and details, with exactly the metadata that the method declares for it.
 */
export function sentError(
  { code, text, details, isChosen }: SentError,
  peer: string,
  method: MethodDefinition,
): MeshError {
  const said = details && decodeDetails(details);
  const neutral = explain(said?.code ?? codeName(code), peer, methodName(method));
  const error = said
    ? (asDeclared(said, method.errors) ?? said)
    : new MeshError({ code: codeName(code), message: text || neutral });
  setOrigin(error, { neutral, isChosen });
  return error;
}

/** The errors of calls without room, by their method and service. */
const withoutRoom = new WeakMap<MethodDefinition, Map<string, MeshError>>();

/**
 * The error of a call for which a server of the mesh has no room, or has had none for the last ones. All calls of a method have
 * the same one: a client that is rejected thousands of times a second makes no stacks, which nothing would be in.
 */
export function noRoom(peer: string, method: MethodDefinition): MeshError {
  const known = withoutRoom.get(method)?.get(peer);
  if (known) return known;
  const error = makeNoRoom(peer, method);
  withoutRoom.set(method, (withoutRoom.get(method) ?? new Map()).set(peer, error));
  return error;
}

function makeNoRoom(peer: string, method: MethodDefinition): MeshError {
  const message = `${peer} has no room for ${methodName(method)}; try again later`;
  const error = new MeshError({ code: "RESOURCE_EXHAUSTED", message, retryAfterMs: retryLaterMs });
  setOrigin(error, { neutral: explain(error.code, peer, methodName(method)), isChosen: true });
  return error;
}

/** The error of a call that ended here, not at the server: its time is up, or the connection is lost. */
export function endedHere(
  code: "DEADLINE_EXCEEDED" | "UNAVAILABLE",
  peer: string,
  method: MethodDefinition,
  cause?: unknown,
): MeshError {
  return new MeshError({ code, message: explain(code, peer, methodName(method)), cause, ...retryOf(code) });
}

function localError({ code, details }: StatusObject, peer: string, method: MethodDefinition): MeshError {
  // A call that was reset without a status lost its server: a client that ends a call itself has settled it before.
  const isReset = details === "Call cancelled" || details.startsWith("Received RST_STREAM");
  const name = isReset ? "UNAVAILABLE" : codeName(code);
  const limit = name === "RESOURCE_EXHAUSTED" ? `: ${details}` : "";
  const cause = new Error(`${codeName(code)}: ${details}`);
  const message = explain(name, peer, methodName(method)) + limit;
  const error = new MeshError({ code: name, message, cause, ...retryOf(name) });
  return isUnsentStatus({ details }) ? asUnsent(error) : error;
}

/** Connections that are lost are opened again within 0.1 to 5 s. A message that is too large stays so. */
function retryOf(code: Code): { readonly retryAfterMs?: number } {
  return code === "UNAVAILABLE" ? { retryAfterMs: retryLaterMs } : {};
}

function explain(code: Code, peer: string, method: string): string {
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
      return `${peer} or the way to it is at a limit (${method})`;
    case "INTERNAL":
    case "UNKNOWN":
    case "DATA_LOSS":
      return `${peer} broke off ${method}`;
    default:
      return `${peer} rejected ${method}`;
  }
}
