import { setTimeout as pause } from "node:timers/promises";
import type { Upstream } from "@mesh/rpc";
import type { Health, Logger } from "@mesh/runtime";

/** The state of the gateway and its services, which everyone may read. Reasons are in the log. */
export interface MeshState {
  /**
   * True once every service has been ready and until the gateway shuts down. A service that is lost later does not
   * make the gateway unready.
   */
  readonly ready: boolean;
  /** `shutting down`: the gateway will soon accept no more calls. */
  readonly reason?: string;
  readonly services: Readonly<Record<string, ServiceState>>;
}

/** The state of one service. */
export interface ServiceState {
  readonly ready: boolean;
}

/** Options of `watchServices`. */
export interface WatchOptions {
  readonly log: Logger;
  /** Ends the checks. */
  readonly signal: AbortSignal;
}

/** How often a service is checked. One that is not ready is checked more often, so that its return is noticed soon. */
const intervalMs = { ready: 2_000, unready: 250 };

/** A service may be starting: the log has its reason after this many checks, or 5 s. */
const logAfterChecks = 20;

/**
 * Checks every service repeatedly until the signal aborts. Logs why one is not ready, once until it is ready again.
 *
 * @param firsts gets a part for each service, which becomes ready when the service is ready for the first time
 * @returns a function that returns the latest state
 */
export function watchServices(
  upstreams: Readonly<Record<string, Pick<Upstream, "check">>>,
  firsts: Health,
  { log, signal }: WatchOptions,
): () => MeshState {
  const services: Record<string, ServiceState> = {};
  for (const [name, upstream] of Object.entries(upstreams)) {
    services[name] = { ready: false };
    firsts.set(name, false);
    void watch(upstream, { log: log.child({ service: name }), signal }, (ready) => {
      services[name] = { ready };
      if (ready) firsts.set(name, true);
    });
  }
  return () =>
    signal.aborted ? { ready: false, reason: "shutting down", services } : { ready: firsts.ready(), services };
}

async function watch(
  upstream: Pick<Upstream, "check">,
  { log, signal }: WatchOptions,
  report: (ready: boolean) => void,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const { ready, reason } = await upstream.check(signal);
    if (signal.aborted) return;
    report(ready);
    if (ready && failures >= logAfterChecks) log.info("a service is ready again");
    failures = ready ? 0 : failures + 1;
    if (failures === logAfterChecks) log.warn({ reason }, "a service is not ready");
    await pause(ready ? intervalMs.ready : intervalMs.unready, undefined, { signal }).catch(() => undefined);
  }
}
