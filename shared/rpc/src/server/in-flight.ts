import { MeshError } from "@mesh/contracts";
import { isUnary } from "../deadline.ts";
import type { InFlightLimits } from "../limits.ts";
import type { Middleware } from "./middleware.ts";

/**
 * Refuses calls above a number at once, before a byte of them is read. A call counts until its handler has really come
 * to an end, also where the caller left long before: those who reset their calls must not gain by it.
 */
export function limitInFlight(limits: InFlightLimits): Middleware {
  const inFlight = { unary: 0, streams: 0 };

  return async function limit({ method }, next) {
    const use = isUnary(method) ? "unary" : "streams";
    if (inFlight[use] >= limits[use]) {
      throw new MeshError({ code: "RESOURCE_EXHAUSTED", message: "too many calls at one time; try again later" });
    }
    inFlight[use] += 1;
    try {
      await next();
    } finally {
      inFlight[use] -= 1;
    }
  };
}
