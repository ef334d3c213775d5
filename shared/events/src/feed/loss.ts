import type { NatsConnection } from "nats";
import type { Bus } from "../bus.ts";

/** The end of a read of NATS. */
export interface Loss {
  /** Resolves with the first reason for which the read can't go on. */
  readonly reason: Promise<string>;
  /** Reports a reason. */
  readonly report: (reason: string) => void;
  /** Removes the listeners, once the read has ended. */
  end(): void;
}

/** Notices that a connection is lost, or that its process is ending. The read reports other reasons itself. */
export function watchLoss(bus: Bus, connection: NatsConnection, closing: AbortSignal): Loss {
  let report = (_: string) => {};
  const reason = new Promise<string>((resolve) => {
    report = resolve;
  });
  const stop = () => report("the process is ending");
  closing.addEventListener("abort", stop);
  if (closing.aborted) stop();
  const unlisten = bus.onChange((current) => current === connection || report("the connection was lost"));
  return {
    reason,
    report,
    end() {
      unlisten();
      closing.removeEventListener("abort", stop);
    },
  };
}
