import type { ErrorCatalogue } from "@mesh/contracts";
import { settled } from "@mesh/runtime";
import type { AnyTRPCProcedure, AnyTRPCRouter, TRPCProcedureType } from "@trpc/server";
import type { Leaving } from "../../calls/leaving.ts";
import { directOf, parseInput } from "../direct-procedure.ts";
import type { RequestContext } from "../procedure.ts";

/** A procedure as the thin path calls it. */
export interface ThinProcedure {
  readonly type: TRPCProcedureType;
  /** Whether it is called without tRPC. */
  readonly isDirect: boolean;
  /** The errors that clients get to see, unless the call itself has given its errors their shape. */
  readonly declared: readonly ErrorCatalogue[];
  /**
   * Calls it. Rejects with whatever makes the call fail.
   *
   * @param left aborts when the client leaves
   * @param input reads the input; throws a TRPCError if it is malformed
   * @param index its place in the batch
   */
  call(context: RequestContext, left: Leaving, input: () => unknown, index: number): Promise<unknown>;
}

/** Returns the procedures of a router by their paths, such as `orders.getOrder`. */
export function thinProcedures(router: AnyTRPCRouter): ReadonlyMap<string, ThinProcedure> {
  // tRPC's own record of them, which has no names but these.
  const all = Object.entries<AnyTRPCProcedure>(router._def.procedures);
  return new Map(all.map(([path, procedure]) => [path, directly(procedure) ?? throughTrpc(path, procedure)]));
}

function directly(of: AnyTRPCProcedure): ThinProcedure | undefined {
  const direct = directOf(of);
  if (!direct) return undefined;
  const { procedure, declared, resolve } = direct;
  return {
    type: procedure.type,
    isDirect: true,
    declared,
    call: (request, left, input) =>
      request.run(request, procedure, left, (context) => settled(() => resolve(context, parseInput(direct, input())))),
  };
}

function throughTrpc(path: string, procedure: AnyTRPCProcedure): ThinProcedure {
  const { type } = procedure._def;
  return {
    type,
    isDirect: false,
    declared: [],
    call: (ctx, { signal }, input, batchIndex) =>
      procedure({ path, getRawInput: async () => input(), ctx, type, signal, batchIndex }),
  };
}
