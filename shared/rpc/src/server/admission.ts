import { MeshError, type MethodDefinition } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import { encodeDetails } from "../error-details.ts";
import type { FittingError } from "../fitting-error.ts";
import { retryLaterMs } from "../retry-later.ts";
import { AdaptiveLimit, unaryLimits } from "./adaptive-limit.ts";
import { Rejections } from "./rejections.ts";
import type { InFlight, InFlightLimits } from "./server-call.ts";

/** The most streams of a server that sets no limits. They are long, and most are idle. */
const usualStreams = 1_000;

/** The error of a call for which a server has no room. */
export const overloaded = new MeshError({
  code: "RESOURCE_EXHAUSTED",
  message: "too many calls at the same time; try again later",
  retryAfterMs: retryLaterMs,
});

/** The same, encoded once: a rejection must cost little. */
export const sendableOverload: FittingError = { error: overloaded, details: encodeDetails(overloaded), cut: [] };

/** Counts the calls that a server runs, and decides which may begin. */
export class Admission implements InFlight {
  unary = 0;
  streams = 0;
  readonly rejected = { unary: 0, streams: 0 };
  readonly limits: InFlightLimits;
  readonly #adaptive: AdaptiveLimit | undefined;
  readonly #rejections: Rejections;

  /** @param fixed limits that stay as they are; undefined: that of unary calls follows what the process can bear */
  constructor(fixed: InFlightLimits | undefined, log: Logger) {
    const adaptive = fixed ? undefined : new AdaptiveLimit();
    this.#adaptive = adaptive;
    this.#rejections = new Rejections(log);
    this.limits = fixed ?? {
      get unary() {
        return adaptive?.limit ?? unaryLimits.usual;
      },
      streams: usualStreams,
    };
  }

  rejects({ kind }: MethodDefinition): boolean {
    const use = useOf(kind);
    const limit = this.limits[use];
    const isFull = use === "unary" && this.#adaptive ? this.#adaptive.isFull(this.unary) : this[use] >= limit;
    if (!isFull) return false;
    this.rejected[use] += 1;
    this.#rejections.count(use, limit);
    return true;
  }

  begin({ kind }: MethodDefinition): void {
    this[useOf(kind)] += 1;
    if (kind === "unary") this.#adaptive?.begin();
  }

  end(method: MethodDefinition, ms: number | undefined): void {
    this[useOf(method.kind)] -= 1;
    if (method.kind === "unary") this.#adaptive?.end(method, ms);
  }
}

/** The calls within a process: what makes them has been admitted, and would fail in the middle of its work. */
export const unlimited: InFlight = {
  unary: 0,
  streams: 0,
  limits: { unary: Number.POSITIVE_INFINITY, streams: Number.POSITIVE_INFINITY },
  rejects: () => false,
  begin() {},
  end() {},
};

function useOf(kind: MethodDefinition["kind"]): "unary" | "streams" {
  return kind === "unary" ? "unary" : "streams";
}
