import type { MethodDefinition } from "@mesh/contracts";
import type { Procedure } from "./procedure-call.ts";

/**
 * Returns the type of the procedure that calls a method. Files are sent and got like messages, without a subscription.
 *
 * @throws Error if the method takes a stream that is not a file, which browsers cannot send
 */
export function procedureTypeOf({ kind, idempotency, gateway, path }: MethodDefinition): Procedure["type"] {
  const isFile = gateway?.upload !== undefined || gateway?.download !== undefined;
  if (isFile || kind === "unary") return idempotency === "no_side_effects" ? "query" : "mutation";
  if (kind === "server_streaming") return "subscription";
  throw new Error(`${path} takes a stream, which browsers cannot send: remove its \`gateway\` option`);
}
