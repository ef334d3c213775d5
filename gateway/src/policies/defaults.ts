import type { GatewayMiddleware } from "../calls/middleware.ts";
import { checkScopes } from "./check-scopes.ts";
import { limitSubscriptionTime } from "./limit-subscription-time.ts";
import { limitSubscriptions } from "./limit-subscriptions.ts";
import { requireKnownCaller } from "./require-known-caller.ts";

/** The middleware of a gateway that sets no other, the outermost first. */
export const defaultGatewayMiddleware: readonly GatewayMiddleware[] = [
  checkScopes,
  requireKnownCaller,
  limitSubscriptions,
  limitSubscriptionTime,
];
