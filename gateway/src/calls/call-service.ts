import type { CallMethod } from "@mesh/rpc";
import type { ProcedureContext } from "./procedure-call.ts";

/**
 * Calls the method of a procedure, unless the middleware knows its response.
 *
 * @param request as the schema of the method returns it
 */
export function callService(
  { scope, reuse }: Pick<ProcedureContext, "scope" | "reuse">,
  call: CallMethod,
  request: unknown,
): unknown {
  return reuse ? reuse(request, (own) => call(own, request)) : call(scope, request);
}
