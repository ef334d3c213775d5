import type { EventAddress } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import type { Bus } from "../bus.ts";

/** An event that was published. */
export interface EventNotice {
  readonly event: EventAddress;
  /** The id of the thing that the event concerns. */
  readonly key: string;
  /** Its place in its stream. A later event has a higher one. */
  readonly sequence: number;
}

/** Options of a broadcast. */
export interface BroadcastOptions {
  readonly bus: Bus;
  /** The slug of the service, or `gateway`. All processes with the same one share a consumer of NATS. */
  readonly process: string;
  readonly events: readonly EventAddress[];
  /** Gets each event that is published from the time when it is live. Not whether its publisher is the owner: it may be forged. */
  readonly onEvent: (notice: EventNotice) => void;
  /**
   * Gets whether all events arrive that are published from now on. False: some may have been missed, or will be. The first
   * call is with true.
   *
   * @param sequence while it is live, the place of the last event before
   */
  readonly onState: (event: EventAddress, isLive: boolean, sequence: number) => void;
  readonly log: Logger;
}
