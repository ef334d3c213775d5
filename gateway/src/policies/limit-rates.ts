import type { ServerResponse } from "node:http";
import { MeshError, type Rate, type RateLimit } from "@mesh/contracts";
import type { GatewayMiddleware } from "../calls/middleware.ts";
import type { ProcedureCall } from "../calls/procedure-call.ts";
import { networkOf } from "../limits/network.ts";
import type { Counted } from "../state/rate-counter.ts";
import { metering } from "../telemetry/instruments.ts";

/**
 * Rejects callers who call a method more often than its option `rate_limit` allows, with RESOURCE_EXHAUSTED and the time to wait.
 * Responses of methods with the option have the headers RateLimit and RateLimit-Policy.
 *
 * Source of the headers: draft-ietf-httpapi-ratelimit-headers-10
 */
export const limitRates: GatewayMiddleware = (call, next) => {
  const limit = call.procedure.method?.gateway?.rateLimit;
  return limit && call.limits.rates ? countThen(call, limit, next) : next();
};

async function countThen(call: ProcedureCall, limit: RateLimit, next: () => Promise<unknown>): Promise<unknown> {
  for (const window of windowsOf(call, limit)) {
    const counted = await call.state.rates.count(window.key, window.rate);
    note(call.response, { ...window, ...counted });
    if (counted.isOver) throw tooManyCalls(call, window, counted.resetMs);
  }
  return next();
}

/** A window of time in which the calls of a user or from an address are counted. */
interface Window {
  /** `orders.placeOrder/user/60`: the name of the policy in the headers. */
  readonly name: string;
  readonly key: string;
  readonly owner: "user" | "address";
  readonly rate: Rate;
}

/** Those of the address are first: a client without a cookie is a new user with each call. */
function windowsOf({ procedure, caller, address }: ProcedureCall, { perUser, perAddress }: RateLimit): Window[] {
  const { kind, id } = caller.principal;
  const windows = (owner: Window["owner"], value: string, rates: readonly Rate[]) =>
    rates.map((rate) => {
      const name = `${procedure.path}/${owner}/${rate.seconds}`;
      return { name, key: `${name}/${value}`, owner, rate };
    });
  return [...windows("address", networkOf(address), perAddress), ...windows("user", `${kind}:${id}`, perUser)];
}

function tooManyCalls({ procedure }: ProcedureCall, { owner, rate }: Window, retryAfterMs: number): MeshError {
  metering.instruments?.limitedCalls.add(1, { "rpc.method": procedure.path, "typemesh.limit": owner });
  const limit = `one ${owner} may make ${rate.count} in ${rate.seconds} s`;
  const message = `too many calls of ${procedure.path}: ${limit}; try again in ${seconds(retryAfterMs)} s`;
  return new MeshError({ code: "RESOURCE_EXHAUSTED", message, retryAfterMs });
}

type Noted = Window & Counted;

/** The windows of the calls of a request, which may be a batch. */
const windowsOfResponse = new WeakMap<ServerResponse, Map<string, Noted>>();

function note(response: ServerResponse, window: Noted): void {
  // Those of a response that has begun to stream are lost.
  if (response.headersSent) return;
  const noted = windowsOfResponse.get(response) ?? new Map<string, Noted>();
  windowsOfResponse.set(response, noted);
  const before = noted.get(window.name);
  if (!before || window.remaining <= before.remaining) noted.set(window.name, window);
  const list = (format: (window: Noted) => string) => [...noted.values()].map(format).join(", ");
  response.setHeader(
    "ratelimit-policy",
    list(({ name, rate }) => `"${name}";q=${rate.count};w=${rate.seconds}`),
  );
  response.setHeader(
    "ratelimit",
    list(({ name, ...now }) => `"${name}";r=${now.remaining};t=${seconds(now.resetMs)}`),
  );
}

function seconds(ms: number): number {
  return Math.ceil(ms / 1_000);
}
