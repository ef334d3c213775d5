import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from "@trpc/server";
import type { ErrorInfo, FieldViolation } from "./error.ts";

/**
 * How the gateway answers an error: tRPC's shape, with what the mesh knows of the error.
 *
 * I: what the procedure declares. A union of an error enum's reasons makes `data` narrow on `data.reason`; by default it
 * is what any procedure may answer.
 */
export interface MeshErrorShape<I extends ErrorInfo = ErrorInfo> {
  /** For developers; neutral where the error is not declared. */
  readonly message: string;
  /** tRPC's JSON-RPC number, such as -32004. */
  readonly code: TRPC_ERROR_CODE_NUMBER;
  readonly data: ErrorFacts & I;
}

/** What the answer to any error says. */
export interface ErrorFacts {
  /** tRPC's code: `NOT_FOUND`. */
  readonly code: TRPC_ERROR_CODE_KEY;
  readonly httpStatus: number;
  /** The procedure: `orders.getOrder`. */
  readonly path?: string;
  /** The fields of the input that break a rule. */
  readonly violations: readonly FieldViolation[];
  /** How long to wait before trying again; absent: nobody said. */
  readonly retryAfterMs?: number;
  /** Finds the cause in the logs; only where the error is not declared. */
  readonly id?: string;
}

/** What a procedure's contract says, for the gateway's middleware. */
export interface ProcedureMeta {
  /** The scopes a caller must hold. */
  readonly scopes: readonly string[];
}
