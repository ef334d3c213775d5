export type { HeaderValue, ResponseHeaders } from "./call-headers.ts";
export { type Code, codeName, codes } from "./codes.ts";
export {
  asDeclared,
  defineErrors,
  type ErrorCatalogue,
  type ErrorExtras,
  type ErrorInfo,
  type ErrorReason,
  type FieldViolation,
  invalidArgument,
  MeshError,
  type MeshErrorInit,
  type MetadataScalar,
  type MetadataType,
  type MetadataValue,
  type NoErrorInfo,
} from "./error.ts";
export { defineEvent, type EventAddress, type EventDefinition, type FeedDefinition } from "./event.ts";
export { FeedError, type FeedErrorInfo, type FeedErrorShape, type FeedMessage, type FeedRequest } from "./feed.ts";
export type { FieldStep, MethodDownload, MethodUpload } from "./file.ts";
export { httpStatusOf } from "./http-status.ts";
export { defineJob, type JobDefinition, type JobTerms } from "./job.ts";
export { type Codec, defineMessage, type MessageType } from "./message.ts";
export { missingScopes } from "./missing-scopes.ts";
export { checkRequestOwner, checkResponseOwner, type MethodOwner, mayAccess } from "./owner.ts";
export { formatPrincipal, type Principal, parsePrincipal } from "./principal.ts";
export type { ErrorFacts, MeshErrorShape, ProcedureMeta, Resumable, Tracked } from "./procedure.ts";
export { scopesIn } from "./roles.ts";
export { violations } from "./schema/violations.ts";
export {
  type CallOptions,
  type ClientOf,
  defineService,
  type HandlersOf,
  type HttpRoute,
  type HttpVariable,
  type Idempotency,
  type MethodCache,
  type MethodDefinition,
  type MethodGateway,
  type MethodKind,
  type MethodResume,
  type MethodShare,
  type Rate,
  type RateLimit,
  type ServiceDefinition,
  type ServiceNames,
  type ServiceTypes,
} from "./service.ts";
