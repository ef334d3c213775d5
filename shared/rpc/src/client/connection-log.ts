import { type Channel, connectivityState as state } from "@grpc/grpc-js";
import type { Logger } from "@mesh/runtime";

/** Writes a line when a connection that worked is lost, and one when it is back. */
export function logConnection(channel: Channel, log: Logger): void {
  let known: "new" | "ready" | "lost" = "new";

  function note(now: number): void {
    if (now === state.READY) {
      if (known === "lost") log.info("the peer is back");
      known = "ready";
    }
    if (now === state.TRANSIENT_FAILURE && known === "ready") {
      log.warn("the peer is lost; connecting again");
      known = "lost";
    }
  }

  function watch(): void {
    const now = channel.getConnectivityState(false);
    note(now);
    if (now !== state.SHUTDOWN) channel.watchConnectivityState(now, Number.POSITIVE_INFINITY, watch);
  }

  watch();
}
