import type { ProcedureMeta } from "@mesh/contracts";
import { transformer } from "@mesh/contracts/transformer";
import { initTRPC } from "@trpc/server";
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
    errorFormatter: ({ error, path }) => errorShape(error, path),
    sse: {
      ping: { enabled: true, intervalMs: ping.everyMs },
      client: { reconnectAfterInactivityMs: ping.silenceMs },
    },
  });

/** Makes a router of procedures. */
export const createRouter = t.router;

/** Starts a procedure: its callers must hold the scopes, and it gets a Call. */
export function procedureFor(scopes: readonly string[]) {
  return t.procedure.meta({ scopes }).use(async function openCall({ ctx, type, signal, next }) {
    checkScopes(ctx.caller, scopes);
    if (type === "mutation") checkKnown(ctx.caller);
    const call = ctx.open(type, signal);
    const result = await next({ ctx: call });
    if (!result.ok || !isStream(result.data)) return result;
    return { ...result, data: untilAborted(result.data, call.scope.signal) };
  });
}

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
