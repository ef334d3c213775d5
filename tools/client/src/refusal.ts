import type { AppRouter } from "@mesh/gateway";
import { TRPCClientError } from "@trpc/client";

type Procedures = AppRouter["_def"]["record"];

/** The procedures of the gateway, by their paths: `orders.placeOrder`. */
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

/** What the gateway says where it refuses a call of a procedure: narrows on `reason`, as the contract declares. */
export type RefusalOf<P extends ProcedurePath> = ShapeAt<P> extends { readonly data: infer Data } ? Data : never;

/**
 * What the gateway said where a call of a procedure failed; undefined: the error is not the gateway's, as where it can't
 * be reached.
 *
 * @param path the procedure that was called: `orders.placeOrder`
 */
export function refusalOf<P extends ProcedurePath>(error: unknown, path: P): RefusalOf<P> | undefined {
  if (!(error instanceof TRPCClientError) || !error.data) return undefined;
  // Of another procedure, its reasons would be others.
  if (error.data.path !== undefined && error.data.path !== path) return undefined;
  return error.data;
}
