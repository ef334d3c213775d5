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
