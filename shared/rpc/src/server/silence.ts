import { MeshError, type MethodDefinition } from "@mesh/contracts";
import { methodName } from "../deadline.ts";

/** How long a caller may send nothing while its handler waits for a request, in milliseconds. Infinity: there is no limit. */
export interface SilenceLimits {
  /** Until the first message is there; of a method with one request, until the caller has said that it is the only one. */
  readonly firstMs: number;
  /** Between the messages of a stream. */
  readonly nextMs: number;
}

/** Returns the limits of a method that sets no others. */
export function defaultSilence({ kind }: MethodDefinition): SilenceLimits {
  return { firstMs: 2_000, nextMs: kind === "client_streaming" ? 10_000 : Number.POSITIVE_INFINITY };
}

/**
 * Waits for what a caller sends.
 *
 * @param expire called if it takes longer than the limit
 */
export async function withinSilence<T>(limitMs: number, received: Promise<T>, expire: () => void): Promise<T> {
  if (!Number.isFinite(limitMs)) return received;
  const dueAt = performance.now() + limitMs;
  let timer = setTimeout(() => {
    // If this process was busy, what has arrived meanwhile is not read yet.
    const lateMs = Math.min(performance.now() - dueAt, limitMs);
    timer = setTimeout(expire, lateMs);
  }, limitMs);
  try {
    return await received;
  } finally {
    clearTimeout(timer);
  }
}

/** The error of a call whose caller is silent. */
export function tooSilent(method: MethodDefinition, limitMs: number): MeshError {
  const message = `the caller of ${methodName(method)} sent nothing for ${limitMs} ms`;
  return new MeshError({ code: "DEADLINE_EXCEEDED", message });
}
