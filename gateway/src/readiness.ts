import { setTimeout as pause } from "node:timers/promises";
import type { Upstream } from "@mesh/rpc";
import type { Health } from "@mesh/runtime";

/** How the gateway and its services are. */
export interface MeshState {
  /**
   * Whether every service has been ready once, and the gateway is not ending; a service that is lost later does not take
   * the gateway with it.
   */
  readonly ready: boolean;
  /** `ending`: it takes no more calls soon. */
  readonly reason?: string;
  readonly services: Readonly<Record<string, ServiceState>>;
}

/** How one service is now. */
export interface ServiceState {
  readonly ready: boolean;
  /** Why it is not. */
  readonly reason?: string;
}

/** How often a service is asked: one that is missed more often, so that its return is seen soon. */
const intervalMs = { ready: 2_000, missed: 250 };

/**
 * Asks every service how it is, again and again until the signal aborts.
 *
 * @param firsts gets a part for each service, ready from the first time the service is
 * @returns what is known now
 */
export function watchServices(
  peers: Readonly<Record<string, Pick<Upstream, "check">>>,
  firsts: Health,
  signal: AbortSignal,
): () => MeshState {
  const services: Record<string, ServiceState> = {};
  for (const [name, peer] of Object.entries(peers)) {
    services[name] = { ready: false, reason: "not asked yet" };
    firsts.set(name, false);
    void watch(peer, signal, (state) => {
      services[name] = state;
      if (state.ready) firsts.set(name, true);
    });
  }
  return () => (signal.aborted ? { ready: false, reason: "ending", services } : { ready: firsts.ready(), services });
}

async function watch(
  peer: Pick<Upstream, "check">,
  signal: AbortSignal,
  note: (state: ServiceState) => void,
): Promise<void> {
  while (!signal.aborted) {
    const { ready, reason } = await peer.check(signal);
    note(ready ? { ready } : { ready, reason });
    await pause(ready ? intervalMs.ready : intervalMs.missed, undefined, { signal }).catch(() => undefined);
  }
}
