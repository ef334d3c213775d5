import type { Next } from "@mesh/runtime";
import type { ProcedureCall } from "./procedure-call.ts";

/**
 * A step around every call of a procedure, by tRPC and by REST. `next` resolves with the response, or with an
 * AsyncIterable for a subscription.
 *
 * @typeParam Added what it adds to the procedure's context, given to `next`
 *
 * @example
 * ```ts
 * import { MeshError } from "@mesh/contracts";
 * import type { GatewayMiddleware } from "@mesh/gateway";
 *
 * const tenant: GatewayMiddleware<{ tenant: string }> = async (call, next) => {
 *   const name = call.request.headers["x-tenant"];
 *   if (typeof name !== "string") throw new MeshError({ code: "INVALID_ARGUMENT", message: "x-tenant is missing" });
 *   return next({ tenant: name });
 * };
 * ```
 */
export type GatewayMiddleware<Added extends object = object> = (
  call: ProcedureCall,
  next: Next<Added>,
) => Promise<unknown>;
