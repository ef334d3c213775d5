import { embedded, message, repeated, scalar } from "./describe.ts";
import { protocolFile } from "./file.ts";

// google.rpc's standard error details, which clients in every language know.
// Source: https://github.com/googleapis/googleapis/tree/master/google/rpc (status.proto, error_details.proto)

/** What a failed call answers with. */
export interface RpcStatus {
  readonly code: number;
  readonly message: string;
  readonly details: readonly Any[];
}

/** A message and the name of its type. */
export interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** Why, for programs. */
export interface ErrorInfo {
  readonly reason: string;
  readonly domain: string;
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
}

/** Which fields of the request break which rule. */
export interface BadRequest {
  readonly fieldViolations: readonly {
    readonly field: string;
    readonly description: string;
    readonly reason: string;
  }[];
}

/** How long to wait before the next try. */
export interface RetryInfo {
  readonly retryDelay?: { readonly seconds: bigint; readonly nanos: number };
}

const file = protocolFile({
  name: "google/rpc/status.proto",
  package: "google.rpc",
  messages: [
    message(
      "Status",
      scalar("INT32", "code", 1),
      scalar("STRING", "message", 2),
      repeated(embedded("google.rpc.Any", "details", 3)),
    ),
    // The two well-known types stand here under another name: only their bytes matter.
    message("Any", scalar("STRING", "type_url", 1), scalar("BYTES", "value", 2)),
    message("Duration", scalar("INT64", "seconds", 1), scalar("INT32", "nanos", 2)),
    message(
      "ErrorInfo",
      scalar("STRING", "reason", 1),
      scalar("STRING", "domain", 2),
      repeated(embedded("google.rpc.Pair", "metadata", 3)),
    ),
    // A map is a list of pairs on the wire.
    message("Pair", scalar("STRING", "key", 1), scalar("STRING", "value", 2)),
    message("BadRequest", repeated(embedded("google.rpc.FieldViolation", "field_violations", 1))),
    message(
      "FieldViolation",
      scalar("STRING", "field", 1),
      scalar("STRING", "description", 2),
      scalar("STRING", "reason", 3),
    ),
    message("RetryInfo", embedded("google.rpc.Duration", "retry_delay", 1)),
  ],
});

export const RpcStatus = file.message<RpcStatus>("Status");
export const ErrorInfo = file.message<ErrorInfo>("ErrorInfo");
export const BadRequest = file.message<BadRequest>("BadRequest");
export const RetryInfo = file.message<RetryInfo>("RetryInfo");
