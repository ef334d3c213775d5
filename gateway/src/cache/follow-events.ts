import { openBroadcast } from "@mesh/events/broadcast";
import type { Bus } from "@mesh/events/registry";
import type { Lifecycle, Logger } from "@mesh/runtime";
import type { ResponseCache } from "./response-cache.ts";

/** Forgets responses when an event says that they are old. Without NATS, no response that depends on an event is kept. */
export function followEvents(
  responses: ResponseCache,
  bus: Bus | undefined,
  { life, log }: { readonly life: Lifecycle; readonly log: Logger },
): void {
  if (!bus || responses.events.length === 0) return;
  const broadcast = openBroadcast({
    bus,
    process: "gateway",
    events: responses.events,
    onEvent: ({ event }) => responses.forget(event),
    onState: (event, isLive) => responses.setLive(event, isLive),
    log,
  });
  life.onClose("broadcast", () => broadcast.close());
}
