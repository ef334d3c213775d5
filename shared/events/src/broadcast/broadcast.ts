import { LiveEvent } from "./live-event.ts";
import type { BroadcastOptions } from "./options.ts";

export type { BroadcastOptions, EventNotice } from "./options.ts";

/** The delivery of events to this process. */
export interface Broadcast {
  close(): Promise<void>;
}

/**
 * Delivers events to every process that asks for them, in order and as soon as they are published, but none again: for caches,
 * not for work. Runs in the background: NATS, and the streams of the events, need not be there yet. Whenever events may
 * have been missed, such as after a reconnect, `onState` gets false, and then true again.
 *
 * @example
 * ```ts no-run
 * import { ProductChanged } from "@mesh/contracts/catalog/v1";
 * import { connectBus } from "@mesh/events";
 * import { openBroadcast } from "@mesh/events/broadcast";
 * import { createLogger } from "@mesh/runtime";
 *
 * const log = createLogger({ name: "search" });
 * const bus = connectBus({ url: "nats://127.0.0.1:4222", name: "search", log });
 * const known = new Map<string, string>();
 * const broadcast = openBroadcast({
 *   bus,
 *   process: "search",
 *   events: [ProductChanged],
 *   onEvent: ({ key }) => known.delete(key),
 *   onState: () => known.clear(),
 *   log,
 * });
 * await broadcast.close();
 * await bus.close();
 * ```
 */
export function openBroadcast(options: BroadcastOptions): Broadcast {
  const live = options.events.map((event) => new LiveEvent(event, options));
  return {
    async close() {
      await Promise.all(live.map((one) => one.close()));
    },
  };
}
