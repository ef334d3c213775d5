import type { StatusObject } from "@grpc/grpc-js";
import {
  asDeclared,
  type Code,
  codeName,
  type ErrorCatalogue,
  MeshError,
  type MethodDefinition,
} from "@mesh/contracts";
import { methodName } from "./deadline.ts";
import { decodeDetails } from "./error-details.ts";
import { retryLaterMs } from "./retry-later.ts";
import { closing } from "./server/closing.ts";

/** The trailer that carries the bytes of a `google.rpc.Status`. */
export const detailsHeader = "grpc-status-details-bin";

/** The trailer by which a server of the mesh says that its handler chose the text of an error for callers. */
export const chosenTextHeader = "mesh-chosen-text";

/** The trailer by which a server of the mesh says that it had no room for a call, which has not reached a handler. */
export const overloadHeader = "mesh-overload";

/** The trailer of a call that reached no handler because its connection takes no more calls. */
export const refusedHeader = "mesh-refused";

/** What this process knows of an error that another service returned. */
interface Origin {
  /** The text that replaces the service's own. */
  readonly neutral: string;
  /** Whether a handler of the mesh chose the text for callers. */
  readonly isChosen: boolean;
}

const origins = new WeakMap<MeshError, Origin>();

/** The texts of grpc-js itself, which have not come from the server. */
const localTexts = new RegExp(
  `^(round_robin: )?(${[
    "No connection established",
    "Connection dropped",
    "Stream refused by server",
    "Name resolution failed",
    "Failed to (start HTTP/2|decompress)",
    "Received (RST_STREAM|HTTP status|message)",
    "No status information",
    "Deadline exceeded after",
    "Call cancelled",
    "Bandwidth exhausted",
    "Attempted to send",
    "Write (error|failed)",
    "Channel closed",
    "Protocol not secure",
    "(read|write|connect) E[A-Z]+",
  ].join("|")})`,
);

/** The texts of grpc-js for the calls that no server has seen. */
const unsentTexts = /^(round_robin: )?(No connection established|Stream refused by server|Name resolution failed)/;

/** The errors of calls that no server has seen. */
const unsent = new WeakSet<MeshError>();

/** The texts of grpc-js for the calls that it resets itself: their time is up, or a message is too large. */
const ownResets = /^(Deadline exceeded after|Received message|Attempted to send)/;

/** Returns whether grpc-js itself ended a call: the server has sent no status. */
export function isLocal({ metadata, details }: StatusObject): boolean {
  // Servers of the mesh add details to every error.
  return metadata.get(detailsHeader).length === 0 && localTexts.test(details);
}

/** Returns whether a server of the mesh had no room for a call. A handler may return the same code for its own reasons. */
export function isOverload({ metadata }: StatusObject): boolean {
  return metadata.get(overloadHeader).length > 0;
}

/** Returns whether a call reached no handler because its connection takes no more calls. */
export function isRefusal({ metadata }: StatusObject): boolean {
  return metadata.get(refusedHeader).length > 0;
}

/** Returns whether grpc-js may have ended a call by a reset. */
export function isOwnReset(status: StatusObject): boolean {
  return isLocal(status) && ownResets.test(status.details);
}

/** Returns whether a server sent an error; otherwise it arose here, such as one of a lost connection. */
export function isFromServer(error: MeshError): boolean {
  return origins.has(error);
}

/** Returns whether no server has seen the call that ended with an error, so that it can be made elsewhere. */
export function isUnsent(error: unknown): boolean {
  return error instanceof MeshError && unsent.has(error);
}

/** Notes that no server has seen the call that ended with an error. */
export function asUnsent(error: MeshError): MeshError {
  unsent.add(error);
  return error;
}

/** The codes of calls that may run on although the handler, or what called it, has given up. */
const abandoned: ReadonlySet<Code> = new Set(["CANCELLED", "DEADLINE_EXCEEDED"]);

/** The codes of calls whose response was lost or could not be read. */
const lost: ReadonlySet<Code> = new Set(["UNAVAILABLE", "UNKNOWN", "INTERNAL", "DATA_LOSS", "RESOURCE_EXHAUSTED"]);

/**
 * Returns whether a call that ended with an error may have had its effect, or may still be running: its response was lost, or its
 * time was up. False if the service itself returned the error, or was not reached.
 *
 * @example
 * ```ts
 * import { invalidArgument } from "@mesh/contracts";
 * import { isUncertain } from "@mesh/rpc";
 *
 * isUncertain(invalidArgument("price", "must be above zero")); // false
 * ```
 */
export function isUncertain(error: unknown): boolean {
  if (!(error instanceof MeshError)) return true;
  if (unsent.has(error)) return false;
  if (abandoned.has(error.code)) return true;
  // A server that closes ends the calls of handlers that are still at work.
  const isFinal = isFromServer(error) && error.message !== closing.message;
  return lost.has(error.code) && !isFinal;
}

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
  origins.set(error, { neutral, isChosen });
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
  origins.set(error, { neutral: explain(error.code, peer, methodName(method)), isChosen: true });
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

/**
 * Returns an error as a further caller may see it: unchanged if the called method declares it, or if no other service
 * returned it. Else with the same code and a neutral text, since the text may describe the inside of that service.
 *
 * @param declared the errors that the called method declares
 *
 * @example
 * ```ts
 * import { OrderError } from "@mesh/contracts/orders/v1";
 * import { withoutForeignText } from "@mesh/rpc";
 *
 * const error = OrderError.mixedCurrencies();
 * withoutForeignText(error, OrderError) === error; // true: no other service returned it
 * ```
 */
export function withoutForeignText(error: MeshError, declared: ErrorCatalogue | undefined): MeshError {
  const origin = origins.get(error);
  if (!origin || declared?.has(error)) return error;
  const { code, retryAfterMs } = error;
  return new MeshError({
    code,
    message: origin.neutral,
    cause: error,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/**
 * Returns whether a handler of the mesh chose the text of an error for its callers, or no other service returned it. The
 * text of any other server may describe the inside of it.
 *
 * @example
 * ```ts
 * import { invalidArgument } from "@mesh/contracts";
 * import { isTextChosen } from "@mesh/rpc";
 *
 * isTextChosen(invalidArgument("price", "must be above zero")); // true
 * ```
 */
export function isTextChosen(error: MeshError): boolean {
  return origins.get(error)?.isChosen ?? true;
}

/**
 * Returns whether a server of the mesh returned an error. The log of that server, or of one behind it, has the text and the
 * cause.
 *
 * @example
 * ```ts
 * import { invalidArgument } from "@mesh/contracts";
 * import { isLoggedElsewhere } from "@mesh/rpc";
 *
 * isLoggedElsewhere(invalidArgument("price", "must be above zero")); // false: no other service returned it
 * ```
 */
export function isLoggedElsewhere(error: unknown): boolean {
  return error instanceof MeshError && origins.get(error)?.isChosen === true;
}

function localError({ code, details }: StatusObject, peer: string, method: MethodDefinition): MeshError {
  // A call that was reset without a status lost its server: a client that ends a call itself has settled it before.
  const isReset = details === "Call cancelled" || details.startsWith("Received RST_STREAM");
  const name = isReset ? "UNAVAILABLE" : codeName(code);
  const limit = name === "RESOURCE_EXHAUSTED" ? `: ${details}` : "";
  const cause = new Error(`${codeName(code)}: ${details}`);
  const message = explain(name, peer, methodName(method)) + limit;
  const error = new MeshError({ code: name, message, cause, ...retryOf(name) });
  if (unsentTexts.test(details)) unsent.add(error);
  return error;
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
