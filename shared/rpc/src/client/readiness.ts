import { setTimeout as pause } from "node:timers/promises";
import { type ClientOf, MeshError } from "@mesh/contracts";
import {
  Health,
  type HealthTypes,
  HealthCheckResponse_ServingStatus as Status,
} from "@mesh/contracts/protocols/grpc/health/v1/index";
import { bindCalls, callMethods } from "./call-method.ts";
import { defaultClientMiddleware } from "./client-middleware.ts";
import type { Connection } from "./outgoing-call.ts";
import { retryCalls } from "./retry.ts";

/** The answer to whether a service can be called. */
export interface Readiness {
  readonly ready: boolean;
  /** Why it can't; empty: it can. */
  readonly reason: string;
}

/** Asks once. Never rejects. */
export type CheckReadiness = (signal?: AbortSignal) => Promise<Readiness>;

const checkTimeoutMs = 1_000;
const checkIntervalMs = 100;

/** The health service at the other end of a transport. */
export type HealthClient = ClientOf<HealthTypes>;

/** Makes a client of the health service. The middleware of the connection has no part in it. */
export function healthClient({ upstream, transport }: Pick<Connection, "upstream" | "transport">): HealthClient {
  const middleware = defaultClientMiddleware.filter((step) => step !== retryCalls);
  const calls = callMethods(Health, { upstream, transport, middleware });
  return bindCalls<HealthTypes>(calls)(undefined);
}

/** Makes the check whether one server is ready. */
export function healthCheck(health: HealthClient): CheckReadiness {
  return async (signal) => {
    try {
      const { status, meshReason } = await health.check({}, { timeoutMs: checkTimeoutMs, ...(signal && { signal }) });
      if (status === Status.SERVING) return { ready: true, reason: "" };
      return { ready: false, reason: meshReason || "not serving" };
    } catch (error) {
      return readinessFrom(error);
    }
  };
}

/** Asks several. One that is ready is enough, and the others are not waited for. */
export function anyReady(checks: readonly CheckReadiness[]): CheckReadiness {
  return async (signal) => {
    const reasons = new Set<string>();
    const asked = checks.map(async (check) => {
      const { ready, reason } = await check(signal);
      if (ready) return;
      reasons.add(reason);
      throw new Error(reason);
    });
    return Promise.any(asked).then(
      () => ({ ready: true, reason: "" }),
      () => ({ ready: false, reason: [...reasons].join("; ") }),
    );
  };
}

/** Asks again and again until the answer is yes. @throws MeshError UNAVAILABLE with the reason if the signal aborts before */
export async function untilReady(upstream: string, check: CheckReadiness, signal: AbortSignal): Promise<void> {
  for (let reason = "it was not asked"; ; ) {
    const readiness = await check(signal);
    if (readiness.ready) return;
    // A check that the signal ended says nothing new.
    if (!signal.aborted) reason = readiness.reason;
    await pause(checkIntervalMs, undefined, { signal }).catch((cause: unknown) => {
      throw new MeshError({ code: "UNAVAILABLE", message: `${upstream} is not ready: ${reason}`, cause });
    });
  }
}

function readinessFrom(error: unknown): Readiness {
  // A server of another make may have no health service; one that says so can be called.
  const isThere = error instanceof MeshError && error.code === "UNIMPLEMENTED";
  return isThere
    ? { ready: true, reason: "" }
    : { ready: false, reason: String(error instanceof Error ? error.message : error) };
}
