export { type Bus, type BusOptions, connectBus } from "../bus.ts";
export { type NatsPolicy, type NatsPolicyOptions, natsPolicy } from "../policy/nats-policy.ts";
export { openPolicyStore, type PolicyStore } from "../policy/policy-store.ts";
export type { PolicyRevision } from "../policy/revisions.ts";
export { type NatsDiscoveryOptions, natsDiscovery, type RegistryDiscovery } from "./nats-discovery.ts";
export { type RegisterOptions, type Registration, register } from "./register.ts";
export { type ListedReplica, registeredReplicas } from "./registered-replicas.ts";
