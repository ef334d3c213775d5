import { type Code, type ErrorCatalogue, MeshError } from "@mesh/contracts";
import { closing } from "./server/closing.ts";

/** What this process knows of an error that another service returned. */
export interface Origin {
  /** The text that replaces the service's own. */
  readonly neutral: string;
  /** Whether a handler of the mesh chose the text for callers. */
  readonly isChosen: boolean;
}

const origins = new WeakMap<MeshError, Origin>();

/** Notes that another service returned an error. */
export function setOrigin(error: MeshError, origin: Origin): void {
  origins.set(error, origin);
}

/** The errors of calls that no server has seen. */
const unsent = new WeakSet<MeshError>();

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
