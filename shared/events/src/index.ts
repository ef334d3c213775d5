export { type Bus, type BusOptions, connectBus } from "./bus.ts";
export { type ConsumeContext, type Consumer, extendContext, on } from "./consumer.ts";
export { type Events, type EventsOptions, openEvents } from "./open.ts";
export type { StreamLimits } from "./streams.ts";
export type { EventTransaction, Publishing } from "./transaction.ts";
