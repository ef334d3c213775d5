import type { AppRouter } from "@mesh/gateway";
import { TRPCClientError } from "@trpc/client";

type Procedures = AppRouter["_def"]["record"];

/** The path of a procedure at the gateway: `orders.placeOrder`. */
export type ProcedurePath = {
  [S in keyof Procedures & string]: `${S}.${keyof Procedures[S] & string}`;
}[keyof Procedures & string];

type ShapeAt<P extends string> = P extends `${infer S}.${infer M}`
  ? S extends keyof Procedures
    ? M extends keyof Procedures[S]
      ? Procedures[S][M] extends { readonly _def: { readonly $types: { readonly errorShape: infer Shape } } }
        ? Shape
        : never
      : never
    : never
  : never;

/** The data of an error that a procedure returns. It narrows on `reason`, as the contract declares. */
export type ErrorDataOf<P extends ProcedurePath> = ShapeAt<P> extends { readonly data: infer Data } ? Data : never;

/**
 * Returns the data of an error of the gateway. Undefined for other errors, such as a failed connection.
 *
 * @param path the path of the procedure that was called
 * @example
 * ```ts
 * import { errorDataOf } from "@mesh/client";
 *
 * export function messageOf(error: unknown): string {
 *   const data = errorDataOf(error, "orders.placeOrder");
 *   return data?.reason === "OUT_OF_STOCK" ? `Only ${data.metadata.available} left.` : "Please try again.";
 * }
 * ```
 */
export function errorDataOf<P extends ProcedurePath>(error: unknown, path: P): ErrorDataOf<P> | undefined {
  if (!(error instanceof TRPCClientError) || !error.data) return undefined;
  // Another procedure declares other reasons.
  if (error.data.path !== undefined && error.data.path !== path) return undefined;
  return error.data;
}

/** The data of an error of any procedure. It narrows on `reason`. */
type AnyErrorData = { [P in ProcedurePath]: ErrorDataOf<P> }[ProcedurePath];

/** A reason that a procedure declares: `OUT_OF_STOCK`. */
export type ErrorReason = Exclude<AnyErrorData["reason"], "">;

/** An error of a call that has a reason, with the metadata that the contract declares for it. */
export type ErrorWith<R extends ErrorReason> = TRPCClientError<AppRouter> & {
  readonly data: Extract<AnyErrorData, { readonly reason: R }>;
};

/**
 * Returns true for an error of the gateway with this reason. If several contracts declare a reason of this name, `error.data`
 * narrows on `domain`.
 *
 * @example
 * ```ts
 * import { isError } from "@mesh/client";
 *
 * export function messageOf(error: unknown): string {
 *   return isError(error, "OUT_OF_STOCK") ? `Only ${error.data.metadata.available} left.` : "Please try again.";
 * }
 * ```
 */
export function isError<R extends ErrorReason>(error: unknown, reason: R): error is ErrorWith<R> {
  return error instanceof TRPCClientError && error.data?.reason === reason;
}
