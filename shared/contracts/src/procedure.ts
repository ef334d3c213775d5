import type { TRPC_ERROR_CODE_KEY, TRPC_ERROR_CODE_NUMBER } from "@trpc/server";
import type { FieldViolation } from "./error.ts";

/** How the gateway answers an error: tRPC's shape, with what the mesh knows of the error. */
export interface MeshErrorShape {
  /** For developers; neutral where the error is not declared. */
  readonly message: string;
  /** tRPC's JSON-RPC number, such as -32004. */
  readonly code: TRPC_ERROR_CODE_NUMBER;
  readonly data: {
    /** tRPC's code: `NOT_FOUND`. */
    readonly code: TRPC_ERROR_CODE_KEY;
    readonly httpStatus: number;
    /** The procedure: `orders.getOrder`. */
    readonly path?: string;
    /** What an error enum declares, such as `OUT_OF_STOCK`; empty: nothing declared. */
    readonly reason: string;
    /** The enum that declares the reason; empty: none. */
    readonly domain: string;
    readonly metadata: Readonly<Record<string, string>>;
    /** The fields of the input that break a rule. */
    readonly violations: readonly FieldViolation[];
    /** How long to wait before trying again; absent: nobody said. */
    readonly retryAfterMs?: number;
    /** Finds the cause in the logs; only where the error is not declared. */
    readonly id?: string;
  };
}

/** What a procedure's contract says, for the gateway's middleware. */
export interface ProcedureMeta {
  /** The scopes a caller must hold. */
  readonly scopes: readonly string[];
}
