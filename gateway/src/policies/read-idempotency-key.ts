import type { Scope } from "@mesh/runtime";
import { withKey } from "../calls/keyed-scope.ts";
import type { GatewayMiddleware } from "../calls/middleware.ts";
import { idempotencyKeyOf } from "../http/idempotency-key.ts";

interface Added {
  idempotencyKey?: string;
  scope?: Scope;
}

/**
 * Reads the Idempotency-Key of mutations, so that a repeated call takes effect once and gets the same response, with the header
 * `Idempotent-Replayed: true`.
 */
export const readIdempotencyKey: GatewayMiddleware<Added> = (call, next) =>
  call.procedure.type === "mutation" ? readKey(call, next) : next();

const readKey: GatewayMiddleware<Added> = ({ request, response, context }, next) => {
  const key = idempotencyKeyOf(request);
  if (key === undefined) return next();
  const onReplay = () => {
    if (!response.headersSent) response.setHeader("idempotent-replayed", "true");
  };
  return next({ idempotencyKey: key, scope: withKey(context.scope, { key, onReplay }) });
};
