export { MeshError } from "@mesh/contracts";
export { type ConsumeContext, type Consumer, on } from "@mesh/events";
export { durationSetting, type Logger, type Scope, stableUuid, urlSetting } from "@mesh/runtime";
export { notify } from "@mesh/store";
export { canonical } from "./canonical.ts";
export { customerOf } from "./customer.ts";
export type { Database, Schema, Transaction } from "./database.ts";
export { type OpenService, openService } from "./open.ts";
export { type PageToken, pageToken } from "./page-token.ts";
export { runWithPeers } from "./peers.ts";
export {
  type PeerClients,
  type PeerDefinitions,
  type Service,
  type ServiceContext,
  type ServiceOptions,
  service,
} from "./service.ts";
export type { ServiceConfig } from "./settings.ts";
export { start } from "./start.ts";
export { every, type Task } from "./tasks.ts";
