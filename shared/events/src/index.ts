export { type Bus, type BusOptions, connectBus } from "./bus.ts";
export { type ConsumeContext, type Consumer, type ConsumerOptions, on } from "./consumer.ts";
export {
  deadLetterFailures,
  defaultConsumerMiddleware,
  handleOnce,
  limitHandlerTime,
  verifyEvent,
  waitForDatabase,
} from "./consumer-middleware.ts";
export { InvalidEvent, validateEvent } from "./invalid-event.ts";
export { openSharedValues, type SharedValues } from "./kv/shared-values.ts";
export { type ConsumerMiddlewareList, type Events, type EventsOptions, openEvents } from "./open-events.ts";
export type { EventsOperations, ListedConsumer, ListedEvent, ParkedFilter } from "./operator.ts";
export {
  defaultPublisherMiddleware,
  type EventName,
  limitEventSize,
  type OutgoingEvent,
  type PublisherMiddleware,
  signEvent,
} from "./outgoing-event.ts";
export { type NatsPolicy, type NatsPolicyOptions, natsPolicy } from "./policy/nats-policy.ts";
export { openPolicyStore, type PolicyStore } from "./policy/policy-store.ts";
export type { PolicyRevision } from "./policy/revisions.ts";
export type { ConsumerMiddleware, ReceivedEvent } from "./received-event.ts";
export { type NatsDiscoveryOptions, natsDiscovery, type RegistryDiscovery } from "./registry/nats-discovery.ts";
export { type RegisterOptions, type Registration, register } from "./registry/register.ts";
export type { StreamLimits } from "./stream-limits.ts";
export type { EventTransaction, Publishing } from "./transaction.ts";
