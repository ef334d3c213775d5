import { MeshError, missingScopes } from "@mesh/contracts";
import type { GatewayMiddleware } from "../calls/middleware.ts";
import type { ProcedureCall } from "../calls/procedure-call.ts";
import { Counts } from "../limits/counts.ts";
import type { Limits } from "../limits/limits.ts";
import { networkOf } from "../limits/network.ts";
import { cacheResponses } from "./cache-responses.ts";
import { limitRates } from "./limit-rates.ts";
import { readIdempotencyKey } from "./read-idempotency-key.ts";

// Each call passes all of these. They are not async functions, since each of those would cost some turns of the queue of promises.

/** Rejects callers that lack a scope of the procedure with PERMISSION_DENIED. The error names the missing scopes. */
export const checkScopes: GatewayMiddleware = ({ procedure, caller }, next) => {
  const error = missingScopes(procedure.scopes, caller.scopes);
  return error ? Promise.reject(error) : next();
};

/**
 * Rejects callers whose session is over with UNAUTHENTICATED, unless the procedure is public. Otherwise they would go on as
 * anonymous customers, who have no orders.
 */
export const requireOpenSession: GatewayMiddleware = ({ procedure, caller }, next) => {
  if (!caller.hasEnded || procedure.scopes.length === 0) return next();
  return Promise.reject(new MeshError({ code: "UNAUTHENTICATED", message: "the session is over: sign in again" }));
};

/**
 * Rejects mutations of new callers with UNAUTHENTICATED, to be repeated immediately. A mutation whose response was lost
 * is recognized by its caller and its idempotency key, so a new caller first needs its cookie, or sends an Idempotency-Key.
 */
export const requireKnownCaller: GatewayMiddleware = ({ procedure, caller }, next) => {
  if (procedure.type !== "mutation" || !caller.isNew) return next();
  const message =
    "a mutation needs a cookie, which this response sets, or the header Idempotency-Key with a UUID: send the request again";
  return Promise.reject(new MeshError({ code: "UNAUTHENTICATED", message, retryAfterMs: 0 }));
};

/** The open subscriptions of each gateway, counted by key. A gateway has a limits object of its own. */
const countsOf = new WeakMap<Limits, Counts>();

/**
 * Limits how many subscriptions are open. Above the limit of a customer or an address the error is RESOURCE_EXHAUSTED,
 * above that of the process UNAVAILABLE, after which browsers try again.
 */
export const limitSubscriptions: GatewayMiddleware = (call, next) =>
  call.procedure.type === "subscription" ? limitSubscription(call, next) : next();

const limitSubscription: GatewayMiddleware = async (call, next) => {
  call.onClosed(countIn(call));
  return next();
};

/** Ends subscriptions after `limits.streamMs`. Their clients open them again. */
export const limitSubscriptionTime: GatewayMiddleware = (call, next) => {
  if (call.procedure.type === "subscription") {
    const timer = setTimeout(() => call.end("the subscription reached its time limit"), call.limits.streamMs);
    call.onClosed(() => clearTimeout(timer));
  }
  return next();
};

/** The middleware of a gateway that sets no other, the outermost first. */
export const defaultGatewayMiddleware: readonly GatewayMiddleware[] = [
  requireOpenSession,
  checkScopes,
  requireKnownCaller,
  limitRates,
  limitSubscriptions,
  limitSubscriptionTime,
  readIdempotencyKey,
  cacheResponses,
];

/** When a client may try again to subscribe, in milliseconds. Others end theirs at any time. */
const subscribeLaterMs = 5_000;

/** Counts a subscription. @returns the function that stops counting it */
function countIn(call: ProcedureCall): () => void {
  const counts = countsOf.get(call.limits) ?? new Counts();
  countsOf.set(call.limits, counts);
  const quotas = quotasOf(call);
  for (const { key, owner, limit, code } of quotas) {
    if (counts.of(key) < limit) continue;
    const message = `too many open subscriptions: ${owner} may have ${limit}`;
    throw new MeshError({ code, message, retryAfterMs: subscribeLaterMs });
  }
  for (const { key } of quotas) counts.add(key, 1);
  return () => {
    for (const { key } of quotas) counts.add(key, -1);
  };
}

function quotasOf({ limits, caller, address }: ProcedureCall) {
  const code = "RESOURCE_EXHAUSTED";
  return [
    { key: "gateway", owner: "the gateway", limit: limits.streams, code: "UNAVAILABLE" },
    { key: `customer ${caller.principal.id}`, owner: "one customer", limit: limits.streamsPerCustomer, code },
    { key: `address ${networkOf(address)}`, owner: "one address", limit: limits.streamsPerAddress, code },
  ] as const;
}
