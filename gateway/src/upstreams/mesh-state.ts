import { setTimeout as pause } from "node:timers/promises";
import type { Upstream } from "@mesh/rpc";
import type { Health } from "@mesh/runtime";

/** The state of the gateway and its services. */
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
  /** Why it is not ready. */
  readonly reason?: string;
}

/** How often a service is checked. One that is not ready is checked more often, so that its return is noticed soon. */
const intervalMs = { ready: 2_000, unready: 250 };

/**
 * Checks every service repeatedly until the signal aborts.
 *
 * @param firsts gets a part for each service, which becomes ready when the service is ready for the first time
 * @returns a function that returns the latest state
 */
export function watchServices(
  upstreams: Readonly<Record<string, Pick<Upstream, "check">>>,
  firsts: Health,
  signal: AbortSignal,
): () => MeshState {
  const services: Record<string, ServiceState> = {};
  for (const [name, upstream] of Object.entries(upstreams)) {
    services[name] = { ready: false, reason: "not checked yet" };
    firsts.set(name, false);
    void watch(upstream, signal, (state) => {
      services[name] = state;
      if (state.ready) firsts.set(name, true);
    });
  }
  return () =>
    signal.aborted ? { ready: false, reason: "shutting down", services } : { ready: firsts.ready(), services };
}

async function watch(
  upstream: Pick<Upstream, "check">,
  signal: AbortSignal,
  report: (state: ServiceState) => void,
): Promise<void> {
  while (!signal.aborted) {
    const { ready, reason } = await upstream.check(signal);
    report(ready ? { ready } : { ready, reason });
    await pause(ready ? intervalMs.ready : intervalMs.unready, undefined, { signal }).catch(() => undefined);
  }
}
