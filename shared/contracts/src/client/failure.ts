import type { ErrorInfo } from "../error.ts";
import type { ErrorFacts, MeshErrorShape } from "../procedure.ts";

/** The error of a call to the gateway. `I`: the reasons that its procedure declares. */
export interface CallError<I extends ErrorInfo = ErrorInfo> {
  readonly message: string;
  /** Absent if there was no response, or it did not come from the gateway. */
  readonly data?: MeshErrorShape<I>["data"] | null | undefined;
}

/** Request timeout, too many requests, and server unavailable. The gateway maps gRPC's codes to these. */
const passingStatuses: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

const firstDelayMs = 500;
const maxDelayMs = 5_000;

/**
 * Returns true if the same call may succeed later: a service is unavailable, late or overloaded, the gateway asks for a retry, or
 * the connection was lost.
 *
 * @example
 * ```ts
 * import { isPassing } from "@mesh/contracts/client";
 *
 * isPassing({ message: "Failed to fetch" }); // true
 * ```
 */
export function isPassing(error: CallError): boolean {
  const data = dataOf(error);
  if (data) return passingStatuses.has(data.httpStatus) || data.retryAfterMs !== undefined;
  const response = responseOf(error);
  return !response || response.ok || isPassingStatus(response.status);
}

/** Returns true if the status of a server that may be a proxy says that the same request may succeed later. */
export function isPassingStatus(status: number): boolean {
  return status >= 500 || passingStatuses.has(status);
}

/**
 * Returns how long to wait before the next attempt, in milliseconds: a delay that doubles from 0.5 s to 5 s, or the longer one that
 * the server requests. Up to half of the doubling delay is added at random, so that clients of a lost server do not return together.
 *
 * @param failures the attempts that failed before this one
 * @example
 * ```ts
 * import { retryDelayMs } from "@mesh/contracts/client";
 *
 * retryDelayMs(2); // 2,000 to 3,000
 * ```
 */
export function retryDelayMs(failures: number, error?: CallError): number {
  const backoffMs = Math.min(firstDelayMs * 2 ** failures, maxDelayMs);
  return Math.max(backoffMs, (error && retryAfterMsOf(error)) ?? 0) + (backoffMs / 2) * Math.random();
}

/**
 * Returns the delay that the gateway, or a proxy by Retry-After, requests before a retry, in milliseconds. Undefined: none.
 *
 * @example
 * ```ts
 * import { retryAfterMsOf } from "@mesh/contracts/client";
 *
 * retryAfterMsOf({ message: "Failed to fetch" }); // undefined
 * ```
 */
export function retryAfterMsOf(error: CallError): number | undefined {
  return dataOf(error)?.retryAfterMs ?? readRetryAfter(responseOf(error)?.headers.get("retry-after") ?? "");
}

/** Reads seconds or a date. Source: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
function readRetryAfter(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) * 1_000;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : Math.max(0, time - Date.now());
}

/** Returns the data of an error of the gateway. Another server may send something else. */
export function dataOf({ data }: { readonly data?: unknown }): ErrorFacts | undefined {
  const status: unknown = Reflect.get(Object(data), "httpStatus");
  return typeof status === "number" ? (data as ErrorFacts) : undefined;
}

/** Returns the response that an error comes from: tRPC has it in `meta`, a ResponseError is the cause. */
function responseOf(error: object): Response | undefined {
  return [Reflect.get(error, "meta"), Reflect.get(error, "cause")]
    .map((holder) => Reflect.get(Object(holder), "response"))
    .find((response) => typeof Reflect.get(Object(response), "status") === "number");
}
