export { MeshError } from "@mesh/contracts";
export { transformer } from "@mesh/contracts/transformer";
export type { AppRouter } from "@mesh/gateway";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export { type ProcedurePath, type RefusalOf, refusalOf } from "./refusal.ts";
