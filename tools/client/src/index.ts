export { MeshError } from "@mesh/contracts";
export { isPassing, items, meshLinks, pages, ResponseError, randomUuid, retryAfterMsOf } from "@mesh/contracts/client";
export { transformer } from "@mesh/contracts/transformer";
export type { AppRouter } from "@mesh/gateway";
export { type Client, type ClientOptions, createClient } from "./client.ts";
export {
  type ErrorDataOf,
  type ErrorReason,
  type ErrorWith,
  errorDataOf,
  isError,
  type ProcedurePath,
} from "./error-data.ts";
export { keepCookies } from "./keep-cookies.ts";
