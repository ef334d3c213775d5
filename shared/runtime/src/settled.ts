/**
 * Runs a function. Returns its promise, or a promise of what it returns or throws. Costs less than an async function, which
 * waits for the promise that it returns.
 *
 * @example
 * ```ts
 * import { settled } from "@mesh/runtime";
 *
 * await settled(() => JSON.parse("{")).catch(() => "no JSON"); // "no JSON"
 * ```
 */
export function settled<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return Promise.resolve(run());
  } catch (error) {
    return Promise.reject(error);
  }
}
