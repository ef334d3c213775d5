import type { ServerResponse } from "node:http";
import { MeshError } from "@mesh/contracts";
import type { Limits } from "./limits.ts";

/** How long a stream that was told to end may take before its connection is cut: its client may have stopped reading. */
const cutAfterMs = 1_000;

/** The subscriptions that are open. */
export interface Streams {
  /**
   * Takes a place until the response is closed. The signal aborts when the stream must end.
   *
   * @throws MeshError RESOURCE_EXHAUSTED when the customer has too many, UNAVAILABLE when the process has
   */
  open(customer: string, response: ServerResponse): AbortSignal;
  /** Ends them all, and opens no more. */
  close(): void;
}

/** Counts subscriptions and ends those that last too long. */
export function createStreams(limits: Pick<Limits, "streamMs" | "streams" | "streamsPerCustomer">): Streams {
  const open = new Set<() => void>();
  const perCustomer = new Map<string, number>();
  let closing = false;

  function takePlace(customer: string): void {
    const count = perCustomer.get(customer) ?? 0;
    if (closing) throw new MeshError({ code: "UNAVAILABLE", message: "the gateway is closing" });
    if (open.size >= limits.streams) throw new MeshError({ code: "UNAVAILABLE", message: "too many subscriptions" });
    if (count >= limits.streamsPerCustomer) throw tooManyOf(limits.streamsPerCustomer);
    perCustomer.set(customer, count + 1);
  }

  function leavePlace(customer: string): void {
    const count = perCustomer.get(customer) ?? 0;
    if (count > 1) perCustomer.set(customer, count - 1);
    else perCustomer.delete(customer);
  }

  return {
    open(customer, response) {
      // Nothing would ever give the place back.
      if (response.closed) throw new MeshError({ code: "CANCELLED", message: "the client has left" });
      takePlace(customer);
      const ending = new AbortController();
      const end = () => {
        ending.abort(new Error("the stream has lasted long enough"));
        setTimeout(() => response.destroy(), cutAfterMs).unref();
      };
      const timer = setTimeout(end, limits.streamMs);
      open.add(end);
      response.once("close", () => {
        clearTimeout(timer);
        open.delete(end);
        leavePlace(customer);
      });
      return ending.signal;
    },
    close() {
      closing = true;
      for (const end of open) end();
    },
  };
}

function tooManyOf(most: number): MeshError {
  const message = `no more than ${most} subscriptions at a time`;
  return new MeshError({ code: "RESOURCE_EXHAUSTED", message });
}
