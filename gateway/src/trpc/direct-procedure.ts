import type { ErrorCatalogue, MethodDefinition, MethodResume } from "@mesh/contracts";
import type { CallMethod } from "@mesh/rpc";
import { type AnyTRPCProcedure, TRPCError, tracked } from "@trpc/server";
import { callService } from "../calls/call-service.ts";
import { eventIds, resumedRequest } from "../calls/event-ids.ts";
import type { Procedure, ProcedureContext } from "../calls/procedure-call.ts";
import { procedureTypeOf } from "../calls/procedure-type.ts";

/** A procedure of a contract, as both tRPC's procedure and the thin path call it. */
export interface DirectProcedure {
  readonly procedure: Procedure;
  /** The errors that clients get to see. */
  readonly declared: readonly ErrorCatalogue[];
  /** Checks an input by the contract, and fills in defaults. Throws an error that is the cause of a BAD_REQUEST. */
  readonly parse: (input: unknown) => unknown;
  /** Calls the method with an input that was checked. */
  readonly resolve: (context: Pick<ProcedureContext, "caller" | "scope" | "reuse">, input: unknown) => unknown;
}

/** Makes the procedure of a method. @throws Error if it takes a stream, which browsers cannot send */
export function directProcedure(method: MethodDefinition, path: string, call: CallMethod): DirectProcedure {
  const procedure = { path, type: procedureTypeOf(method), scopes: method.gateway?.scopes ?? [], method };
  const declared = method.errors ? [method.errors] : [];
  const { schema } = method.input;
  const { resume } = method;
  if (resume) return { procedure, declared, ...resumable(method, resume, call) };
  return {
    procedure,
    declared,
    parse: (input) => schema.parse(input),
    resolve: (context, input) => callService(context, call, input),
  };
}

/** Gives messages ids, so that a client that has lost its subscription goes on after the last one. */
function resumable(
  method: MethodDefinition,
  resume: MethodResume,
  call: CallMethod,
): Pick<DirectProcedure, "parse" | "resolve"> {
  return {
    parse: (input) => {
      // Clients and tRPC itself add this member.
      const { lastEventId, ...request } = Object(input) as { readonly lastEventId?: unknown };
      return resumedRequest(method, lastEventId === undefined ? input : request, lastEventId);
    },
    resolve: async function* ({ scope }, input) {
      const idOf = eventIds(resume);
      // A method of this kind returns an iterable.
      const messages = call(scope, input) as AsyncIterable<unknown>;
      for await (const message of messages) yield tracked(idOf(message), message);
    },
  };
}

const directs = new WeakMap<AnyTRPCProcedure, DirectProcedure>();

/** Notes which procedure a procedure of tRPC calls, so that others can call it without tRPC. Returns that of tRPC. */
export function withDirect<P extends AnyTRPCProcedure>(ofTrpc: P, direct: DirectProcedure): P {
  directs.set(ofTrpc, direct);
  return ofTrpc;
}

/** Returns what a procedure of tRPC calls. Undefined: it is written by hand. */
export function directOf(ofTrpc: AnyTRPCProcedure): DirectProcedure | undefined {
  return directs.get(ofTrpc);
}

/** Checks an input. @throws TRPCError BAD_REQUEST, as tRPC itself does */
export function parseInput({ parse }: Pick<DirectProcedure, "parse">, input: unknown): unknown {
  try {
    return parse(input);
  } catch (cause) {
    throw new TRPCError({ code: "BAD_REQUEST", cause });
  }
}
