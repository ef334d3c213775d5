export { MeshError } from "@mesh/contracts";
export { transformer } from "@mesh/contracts/transformer";
export type { AppRouter } from "@mesh/gateway";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export { type ErrorDataOf, errorDataOf, type ProcedurePath } from "./error-data.ts";
export { keepCookies } from "./keep-cookies.ts";
