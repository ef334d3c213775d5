import type { ServerResponse } from "node:http";
import { MeshError } from "@mesh/contracts";
import type { Limits } from "./limits.ts";

/** How long a stream that was told to end may take before its connection is cut: its client may have stopped reading. */
const cutAfterMs = 1_000;

/** Whose places are counted. */
export interface Subscriber {
  readonly customer: string;
  readonly address: string;
}

/** The subscriptions that are open. */
export interface Streams {
  /**
   * Takes a place until the response is closed. The signal aborts when the stream must end.
   *
   * @throws MeshError RESOURCE_EXHAUSTED when the customer or the address has too many, UNAVAILABLE when the process has
   */
  open(subscriber: Subscriber, response: ServerResponse): AbortSignal;
  /** Ends them all, and opens no more. */
  close(): void;
}

/** What limits the number of streams, and how long each lasts. */
type StreamLimits = Pick<Limits, "streamMs" | "streams" | "streamsPerCustomer" | "streamsPerAddress">;

/** Counts subscriptions and ends those that last too long. */
export function createStreams(limits: StreamLimits): Streams {
  const open = new Set<() => void>();
  const ofCustomers = createTally(limits.streamsPerCustomer, "customer");
  const ofAddresses = createTally(limits.streamsPerAddress, "address");
  let closing = false;

  function takePlace({ customer, address }: Subscriber): void {
    if (closing) throw new MeshError({ code: "UNAVAILABLE", message: "the gateway is closing" });
    if (open.size >= limits.streams) throw new MeshError({ code: "UNAVAILABLE", message: "too many subscriptions" });
    ofCustomers.check(customer);
    ofAddresses.check(address);
    ofCustomers.add(customer, 1);
    ofAddresses.add(address, 1);
  }

  return {
    open(subscriber, response) {
      // Nothing would ever give the place back.
      if (response.closed) throw new MeshError({ code: "CANCELLED", message: "the client has left" });
      takePlace(subscriber);
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
        ofCustomers.add(subscriber.customer, -1);
        ofAddresses.add(subscriber.address, -1);
      });
      return ending.signal;
    },
    close() {
      closing = true;
      for (const end of open) end();
    },
  };
}

/** How many places each one has. @param of what one is called: `customer` */
function createTally(most: number, of: string) {
  const counts = new Map<string, number>();
  return {
    check(name: string): void {
      if ((counts.get(name) ?? 0) < most) return;
      const message = `no more than ${most} subscriptions at a time of one ${of}`;
      throw new MeshError({ code: "RESOURCE_EXHAUSTED", message });
    },
    add(name: string, change: 1 | -1): void {
      const now = (counts.get(name) ?? 0) + change;
      if (now > 0) counts.set(name, now);
      else counts.delete(name);
    },
  };
}
