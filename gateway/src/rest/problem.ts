import { type OutgoingHttpHeaders, STATUS_CODES } from "node:http";
import {
  type Code,
  type ErrorInfo,
  type FieldViolation,
  httpStatusOf,
  MeshError,
  type MetadataValue,
  type MethodDefinition,
} from "@mesh/contracts";
import { getTRPCErrorFromUnknown, type TRPCError } from "@trpc/server";
import { errorShape } from "../errors/error-shape.ts";
import { HttpError } from "../http/http-error.ts";
import { retryHeaders } from "../http/retry-after.ts";

/** The media type of problems. Source: RFC 9457 */
export const problemType = "application/problem+json";

/** The body of an error response: the members of RFC 9457, and ours. */
export interface Problem {
  /** Stable: `urn:mesh:error:orders.v1.OrderError:OUT_OF_STOCK`; `about:blank` adds nothing to the status. */
  readonly type: string;
  /** The same for all problems of one type. */
  readonly title: string;
  readonly status: number;
  /** For developers. */
  readonly detail: string;
  /** The id of the cause in the logs, `urn:mesh:incident:…`; only of internal and undeclared errors. */
  readonly instance?: string;
  /** The canonical code, such as `FAILED_PRECONDITION`; absent if HTTP rejected the request. */
  readonly code?: Code;
  /** The declared reason, such as `OUT_OF_STOCK`. */
  readonly reason?: string;
  /** The enum that declares it. */
  readonly domain?: string;
  /** With 64-bit integers, NaN and the infinities as text, as in protobuf's JSON. */
  readonly metadata?: Readonly<Record<string, string | number | boolean>>;
  /** The fields of the request that break a rule. */
  readonly violations?: readonly FieldViolation[];
  /** How long to wait before trying again; the header Retry-After has it in whole seconds. */
  readonly retryAfterMs?: number;
}

/** The errors that clients get to see. */
export type Declaring = Pick<MethodDefinition, "errors">;

/** A problem, and the headers of its response. */
export interface ProblemReply {
  readonly problem: Problem;
  readonly headers: OutgoingHttpHeaders;
}

/** Makes a problem of anything that was thrown. `method`: the called method, if any, or a feed. */
export function problemOf(error: unknown, method?: Declaring): ProblemReply {
  if (error instanceof HttpError) {
    const { status, message: detail, headers } = error;
    return { problem: { type: "about:blank", title: titleOf(status), status, detail }, headers };
  }
  return ofCall(getTRPCErrorFromUnknown(error), method);
}

function ofCall(error: TRPCError, method: Declaring | undefined): ProblemReply {
  const { message: detail, data } = errorShape(error, method?.errors ? [method.errors] : []);
  const { reason, domain, metadata, violations, retryAfterMs, id } = data;
  const code = codeOf(error, id);
  const status = code === undefined ? data.httpStatus : httpStatusOf(code, reason);
  const problem = {
    type: reason === "" ? "about:blank" : `urn:mesh:error:${domain === "" ? "" : `${domain}:`}${reason}`,
    title: declaredTitle(method, domain, reason) ?? titleOf(status),
    status,
    detail,
    ...(id === undefined ? {} : { instance: `urn:mesh:incident:${id}` }),
    ...(code === undefined ? {} : { code }),
    ...(reason === "" ? {} : { reason }),
    ...(domain === "" ? {} : { domain }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata: metadataJson(metadata) }),
    ...(violations.length === 0 ? {} : { violations }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return { problem, headers: retryHeaders(retryAfterMs) };
}

function metadataJson(metadata: ErrorInfo["metadata"]): NonNullable<Problem["metadata"]> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, jsonOf(value)]));
}

function jsonOf(value: MetadataValue): string | number | boolean {
  const isText = typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value));
  return isText ? String(value) : value;
}

/** The code of an internal error is hidden, like its message. */
function codeOf({ cause }: TRPCError, incident: string | undefined): Code | undefined {
  if (incident !== undefined) return "INTERNAL";
  return cause instanceof MeshError ? cause.code : undefined;
}

/** Returns the contract's comment on a reason, whatever the error's own message is. */
function declaredTitle(method: Declaring | undefined, domain: string, reason: string): string | undefined {
  if (method?.errors?.domain !== domain) return undefined;
  return method.errors.reasons.find((declared) => declared.reason === reason)?.description;
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? (status === 499 ? "Client Closed Request" : "Error");
}
