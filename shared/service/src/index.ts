export { MeshError } from "@mesh/contracts";
export type { ConsumerMiddleware, PublisherMiddleware } from "@mesh/events";
// By subpaths, so that a process without events or a store loads neither NATS nor PostgreSQL.
export { type ConsumeContext, type Consumer, on } from "@mesh/events/consumer";
export { InvalidEvent } from "@mesh/events/invalid-event";
export type { CallScope, PeerClients, PeerDefinitions, ServerMiddleware } from "@mesh/rpc";
export { durationSetting, type Logger, type Scope, stableUuid, urlSetting } from "@mesh/runtime";
export { notify } from "@mesh/store/notify";
export { type Cached, type CachedOptions, cached } from "./cached.ts";
export type { Database, Schema, Transaction } from "./database.ts";
export { canonical, customerOf } from "./ids.ts";
export { type OpenServices, openServices, type TransportOptions } from "./open-services.ts";
export { type PageToken, pageToken } from "./page-token.ts";
export { runWithPeers } from "./script.ts";
export { type Service, type ServiceContext, type ServiceOptions, service } from "./service.ts";
export type { ConfiguredService, ProcessConfig } from "./settings.ts";
export { start } from "./start.ts";
export { type GroupOptions, type LoadProgram, startGroup } from "./start-group.ts";
export { every, type Task } from "./tasks.ts";
