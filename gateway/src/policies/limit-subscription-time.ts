import type { GatewayMiddleware } from "../calls/middleware.ts";

/** Ends subscriptions after `limits.streamMs`. Their clients open them again. */
export const limitSubscriptionTime: GatewayMiddleware = async (call, next) => {
  if (call.procedure.type === "subscription") {
    const timer = setTimeout(() => call.end("the subscription reached its time limit"), call.limits.streamMs);
    call.onClosed(() => clearTimeout(timer));
  }
  return next();
};
