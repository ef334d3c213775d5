import type { MeshErrorShape } from "@mesh/contracts";
import { type AnyTRPCRouter, getTRPCErrorFromUnknown, TRPCError } from "@trpc/server";
import { Leaving } from "../../calls/leaving.ts";
import { errorShape } from "../../errors/error-shape.ts";
import type { RequestContext } from "../procedure.ts";
import { sendEvents } from "./events.ts";
import { inputReader, type ReadInput, withLastEventId } from "./inputs.ts";
import { type Outcome, type ReportError, sendOutcome, sendOutcomes } from "./outcomes.ts";
import type { RequestedCalls } from "./requested-calls.ts";
import { type ThinProcedure, thinProcedures } from "./thin-procedure.ts";

/** Responds to the calls of a request. Undefined: tRPC's own handler should. */
export type RespondThin = (context: RequestContext, calls: RequestedCalls) => Promise<void> | undefined;

/** Options of the thin path. */
export interface ThinOptions {
  readonly router: AnyTRPCRouter;
  /** The most calls of a batch. */
  readonly batchSize: number;
  readonly report: ReportError;
}

/** One call of a request. */
interface Call {
  readonly context: RequestContext;
  readonly path: string;
  /** Undefined: there is none at the path. */
  readonly procedure: ThinProcedure | undefined;
  /** Its place in the batch. */
  readonly index: number;
  readonly left: Leaving;
  readonly read: ReadInput;
}

/** The HTTP methods by which procedures of each type are called. An input that is too long for a URL is sent by POST. */
const methods = { query: ["GET", "POST"], mutation: ["POST"], subscription: ["GET", "POST"] };

/**
 * Makes what responds to ordinary requests: to queries and mutations with JSON, to subscriptions with server-sent events.
 * Status, headers and body are those of tRPC's own handler for Node, without its Request, Response and web streams.
 */
export function thinResponder({ router, batchSize, report }: ThinOptions): RespondThin {
  const procedures = thinProcedures(router);

  function callsOf(context: RequestContext, calls: RequestedCalls): readonly Call[] {
    const left = new Leaving(context.response);
    const read = inputReader(calls);
    return calls.paths.map((path, index) => ({ context, path, procedure: procedures.get(path), index, left, read }));
  }

  /** Returns the shape in which the client gets an error, and reports it. */
  function shapeOf({ context, path, procedure }: Call, thrown: unknown): MeshErrorShape {
    const error = getTRPCErrorFromUnknown(thrown);
    const shape = errorShape(error, procedure?.declared ?? [], path);
    report(context.response, error, path);
    return shape;
  }

  async function outcomeOf(call: Call): Promise<Outcome> {
    try {
      return { data: await run(call, call.read) };
    } catch (thrown) {
      return { error: shapeOf(call, thrown) };
    }
  }

  function respondOne(call: Call): Promise<void> {
    const { response } = call.context;
    return run(call, call.read).then(
      (data) => sendOutcome(response, { data }, report),
      (thrown: unknown) => sendOutcome(response, { error: shapeOf(call, thrown) }, report),
    );
  }

  async function respondAll(calls: readonly Call[], { response }: RequestContext, paths: readonly string[]) {
    sendOutcomes(response, await Promise.all(calls.map(outcomeOf)), paths, report);
  }

  function subscribe(call: Call, lastEventId: string | null): Promise<void> {
    return sendEvents(call.context.response, {
      path: call.path,
      lastEventId,
      open: () => run(call, (index) => withLastEventId(call.read(index), lastEventId)),
      shapeOf: (thrown) => shapeOf(call, thrown),
    });
  }

  return function respond(context, requested) {
    const { isBatch, paths, lastEventId } = requested;
    if (paths.length > batchSize) return undefined;
    const calls = callsOf(context, requested);
    const [first] = calls;
    // What is wrong with the whole request, tRPC's handler says.
    if (!first || (isBatch && !canBatch(calls))) return undefined;
    if (isBatch) return sharesFailure(calls) ? undefined : respondAll(calls, context, paths);
    if (first.procedure?.type !== "subscription") return respondOne(first);
    return first.procedure.isDirect ? subscribe(first, lastEventId) : undefined;
  };
}

/** Returns true if the procedures that exist are all of one type, and no subscriptions. */
function canBatch(calls: readonly Call[]): boolean {
  const types = new Set(calls.flatMap(({ procedure }) => procedure?.type ?? []));
  return types.size <= 1 && !types.has("subscription");
}

/**
 * Returns true if the inputs of a batch are malformed, and its procedures are of both kinds. All its calls get the same
 * error, with the path of the one that fails first: with tRPC's own order, only tRPC's handler knows it.
 */
function sharesFailure(calls: readonly Call[]): boolean {
  const has = (isDirect: boolean) => calls.some(({ procedure }) => procedure?.isDirect === isDirect);
  if (!has(true) || !has(false)) return false;
  try {
    calls[0]?.read(0);
    return false;
  } catch {
    return true;
  }
}

/** Runs a call. Rejects with whatever makes it fail. */
function run({ context, path, procedure, index, left }: Call, read: ReadInput): Promise<unknown> {
  if (!procedure) {
    const message = `No procedure found on path "${path}"`;
    return Promise.reject(new TRPCError({ code: "NOT_FOUND", message }));
  }
  const { method } = context.request;
  const { type } = procedure;
  if (methods[type].includes(method ?? "")) return procedure.call(context, left, () => read(index), index);
  const message = `Unsupported ${method}-request to ${type} procedure at path "${path}"`;
  return Promise.reject(new TRPCError({ code: "METHOD_NOT_SUPPORTED", message }));
}
