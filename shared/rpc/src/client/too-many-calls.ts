import { MeshError } from "@mesh/contracts";
import { methodName } from "../deadline.ts";
import { retryLaterMs } from "../retry-later.ts";
import type { UnaryCall } from "./unary-call.ts";

/** The most calls of a client to a server, with those that wait. Further ones are rejected. */
export const maxClientCalls = 2_048;

/** The error of a call above the limit. */
export function tooManyCalls({ upstream, method }: UnaryCall): MeshError {
  const message = `${maxClientCalls} calls to ${upstream} are open already (${methodName(method)}); try again later`;
  return new MeshError({ code: "RESOURCE_EXHAUSTED", message, retryAfterMs: retryLaterMs });
}
