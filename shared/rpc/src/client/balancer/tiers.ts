import type { Endpoint } from "./endpoint.ts";

/** How good it is to call an endpoint, from the best; one of a tier gets no calls while there are others in a better one. */
export const tiers = {
  /** It is connected and can be called. */
  serving: 0,
  /** It is connected, and has not said whether it can be called. */
  unknown: 1,
  /** It says that it is starting or ending. */
  notServing: 2,
  /** It is not connected. */
  connecting: 3,
  ejected: 4,
  /** It takes no calls on this connection. */
  draining: 5,
  /** It could not be connected. */
  failing: 6,
} as const;

/** The place of an endpoint in `tiers`. */
export type Tier = (typeof tiers)[keyof typeof tiers];

/** Returns the tier of an endpoint. */
export function tierOf({ plain, standing, isServing }: Endpoint): Tier {
  const connectivity = plain.connection.now;
  if (connectivity === "failing") return tiers.failing;
  if (connectivity === "draining") return tiers.draining;
  if (standing !== "in") return tiers.ejected;
  if (connectivity !== "ready") return tiers.connecting;
  if (isServing === undefined) return tiers.unknown;
  return isServing ? tiers.serving : tiers.notServing;
}

/** Returns whether an endpoint gets calls in the normal case. */
export function isUsable(endpoint: Endpoint): boolean {
  return tierOf(endpoint) <= tiers.unknown;
}

/** Returns the endpoints of the best tier, and the tier; undefined: there are none. */
export function bestOf(endpoints: readonly Endpoint[]): { readonly tier: Tier; readonly best: Endpoint[] } | undefined {
  if (endpoints.length === 0) return undefined;
  const tier = endpoints.reduce<Tier>((least, one) => (tierOf(one) < least ? tierOf(one) : least), tiers.failing);
  return { tier, best: endpoints.filter((one) => tierOf(one) === tier) };
}
