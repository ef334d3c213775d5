import type { ErrorCatalogue, ErrorInfo, MeshErrorShape, NoErrorInfo, ProcedureMeta } from "@mesh/contracts";
import { transformer } from "@mesh/contracts/transformer";
import { initTRPC, type TRPCError } from "@trpc/server";
import { checkKnown, checkScopes } from "./auth.ts";
import type { Context } from "./context.ts";
import { errorShape } from "./errors/shape.ts";
import { untilAborted } from "./subscription.ts";

/** How often an idle stream shows that it is alive, and after which silence a client opens it again. */
const ping = { everyMs: 15_000, silenceMs: 40_000 };

const t = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    transformer,
    // Whatever NODE_ENV is: stacks are for the log.
    isDev: false,
    // What no procedure has formatted: the request was refused before, or the answer has no form to travel in.
    errorFormatter: ({ error, path }) => shapeFor<never>(error, [], path),
    sse: {
      ping: { enabled: true, intervalMs: ping.everyMs },
      client: { reconnectAfterInactivityMs: ping.silenceMs },
    },
  });

/** Makes a router of procedures. */
export const createRouter = t.router;

/**
 * Starts a procedure: its callers must hold the scopes, and it gets a Call.
 *
 * @param declared the errors that it may answer with; of all others with a reason its callers get an id
 */
export function procedureFor<I extends ErrorInfo = never>(
  scopes: readonly string[],
  ...declared: readonly ErrorCatalogue<I>[]
) {
  return t.procedure
    .meta({ scopes })
    .errors(({ error, path }) => (isEnd(error) ? undefined : shapeFor(error, declared, path)))
    .use(async function openCall({ ctx, type, signal, next }) {
      checkScopes(ctx.caller, scopes);
      if (type === "mutation") checkKnown(ctx.caller);
      const call = ctx.open(type, signal);
      const result = await next({ ctx: call });
      if (!result.ok || !isStream(result.data)) return result;
      return { ...result, data: untilAborted(result.data, call.scope.signal) };
    });
}

/** The shape of an error has a reason only where it is one of those declared, of which I is the type. */
function shapeFor<I extends ErrorInfo>(
  error: TRPCError,
  declared: readonly ErrorCatalogue<I>[],
  path: string | undefined,
): MeshErrorShape<I | NoErrorInfo> {
  return errorShape(error, declared, path) as MeshErrorShape<I | NoErrorInfo>;
}

/** Whether a stream was ended by us: tRPC must know this error by its name. */
function isEnd({ cause }: TRPCError): boolean {
  return cause?.name === "AbortError";
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
