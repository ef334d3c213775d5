export { type Bus, type BusOptions, connectBus } from "./bus.ts";
export { type ConsumeContext, type Consumer, extendContext, on } from "./consumer.ts";
export { reasonHeader } from "./dead-letters.ts";
export { maxEventBytes } from "./envelope.ts";
export { durableOf, type Events, type EventsOptions, openEvents } from "./open.ts";
export { deadLetterStream, type StreamLimits } from "./streams.ts";
export type { EventTransaction, Publishing } from "./transaction.ts";
