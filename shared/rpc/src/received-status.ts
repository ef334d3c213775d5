import type { StatusObject } from "@grpc/grpc-js";

/** The trailer that carries the bytes of a `google.rpc.Status`. */
export const detailsHeader = "grpc-status-details-bin";

/** The trailer by which a server of the mesh says that its handler chose the text of an error for callers. */
export const chosenTextHeader = "mesh-chosen-text";

/** The trailer by which a server of the mesh says that it had no room for a call, which has not reached a handler. */
export const overloadHeader = "mesh-overload";

/** The trailer of a call that reached no handler because its connection takes no more calls. */
export const refusedHeader = "mesh-refused";

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

/** Returns whether grpc-js ended a call that no server has seen. */
export function isUnsentStatus({ details }: Pick<StatusObject, "details">): boolean {
  return unsentTexts.test(details);
}
