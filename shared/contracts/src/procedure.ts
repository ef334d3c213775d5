import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from "@trpc/server";
import type { ErrorInfo, FieldViolation } from "./error.ts";

/**
 * An error in a response of the gateway: tRPC's shape, with the attributes that the mesh adds.
 *
 * I: the errors that the procedure declares. A union of an error enum's reasons makes `data` narrow on `data.reason`. By
 * default, any error.
 */
export interface MeshErrorShape<I extends ErrorInfo = ErrorInfo> {
  /** For developers; neutral if the error is not declared. */
  readonly message: string;
  /** tRPC's JSON-RPC number, such as -32004. */
  readonly code: TRPC_ERROR_CODE_NUMBER;
  readonly data: ErrorFacts & I;
}

/** The attributes of every error. */
export interface ErrorFacts {
  /** tRPC's code: `NOT_FOUND`. */
  readonly code: TRPC_ERROR_CODE_KEY;
  readonly httpStatus: number;
  /** The procedure: `orders.getOrder`. */
  readonly path?: string;
  /** The fields of the input that break a rule. */
  readonly violations: readonly FieldViolation[];
  /** The time to wait before a retry, if the error has one. */
  readonly retryAfterMs?: number;
  /** Finds the cause in the logs; present only if the error is not declared. */
  readonly id?: string;
}

/** The options of a procedure's contract, for the gateway's middleware. */
export interface ProcedureMeta {
  /** The scopes a caller must hold. */
  readonly scopes: readonly string[];
}

/** The input of a subscription that can go on: the request, and the id of the last message that the client has. */
export type Resumable<Request> = Request & {
  /** Leave it out to begin as the request says. tRPC's clients add it when they open a subscription again. */
  readonly lastEventId?: string | undefined;
};

/** A message of a subscription that can go on after it. */
export interface Tracked<Data> {
  /** The position of the message in its stream, in printable ASCII. It belongs to this subscription alone. */
  readonly id: string;
  readonly data: Data;
}
