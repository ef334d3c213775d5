import type { ServerCall } from "./call.ts";

/** One concern of every call: does its part before and after the rest. */
export type Middleware = (call: ServerCall, next: () => Promise<void>) => Promise<void>;

/** What is done with a call in the end. */
export type Run = (call: ServerCall) => Promise<void>;

/** Puts middleware around the core, the first outermost. */
export function compose(layers: readonly Middleware[], core: Run): Run {
  return layers.reduceRight<Run>((next, layer) => (call) => layer(call, () => next(call)), core);
}
