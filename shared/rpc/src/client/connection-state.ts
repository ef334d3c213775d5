import { type Channel, connectivityState as state } from "@grpc/grpc-js";
import type { Logger } from "@mesh/runtime";

/**
 * The state of the connection to a server. `failing`: it could not be made, and the next attempt waits. `draining`: it works,
 * but the server has said that it is closing.
 */
export type Connectivity = "idle" | "connecting" | "ready" | "draining" | "failing";

const names: Readonly<Record<state, Connectivity>> = {
  [state.IDLE]: "idle",
  [state.CONNECTING]: "connecting",
  [state.READY]: "ready",
  [state.TRANSIENT_FAILURE]: "failing",
  [state.SHUTDOWN]: "failing",
};

/** Follows a connection. Writes a line when one that worked is lost, and one when it is back. */
export class ConnectionState {
  /** Called when the state has changed. */
  onChange: (() => void) | undefined;
  readonly #log: Logger | undefined;
  #channel: Channel | undefined;
  #now: Connectivity = "idle";
  #known: "new" | "ready" | "lost" = "new";
  #isLossExpected = false;

  constructor(log: Logger | undefined) {
    this.#log = log;
  }

  get now(): Connectivity {
    return this.#now;
  }

  /** Follows a channel instead of the one before. */
  follow(channel: Channel): void {
    this.#channel = channel;
    const watch = () => {
      if (this.#channel !== channel) return;
      const now = channel.getConnectivityState(false);
      // It was closed on purpose.
      if (now === state.SHUTDOWN) this.#isLossExpected = true;
      this.#note(names[now]);
      if (now !== state.SHUTDOWN) channel.watchConnectivityState(now, Number.POSITIVE_INFINITY, watch);
    };
    watch();
  }

  /** Notes that the server has said that it is closing: the loss of its connection is no news. */
  expectLoss(): void {
    this.#isLossExpected = true;
    if (this.#now === "ready") this.#set("draining");
  }

  #note(now: Connectivity): void {
    if (now === "ready") {
      if (this.#known === "lost") this.#log?.info("the connection is back");
      this.#known = "ready";
      this.#isLossExpected = false;
    }
    if (now === "failing" && this.#known === "ready" && !this.#isLossExpected) {
      this.#log?.warn("the connection is lost; connecting again");
      this.#known = "lost";
    }
    this.#set(now);
  }

  #set(now: Connectivity): void {
    if (now === this.#now) return;
    this.#now = now;
    this.onChange?.();
  }
}
