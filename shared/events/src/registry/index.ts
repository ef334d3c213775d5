export { type Bus, type BusOptions, connectBus } from "../bus.ts";
export { type NatsDiscoveryOptions, natsDiscovery, type RegistryDiscovery } from "./nats-discovery.ts";
export { type RegisterOptions, type Registration, register } from "./register.ts";
