interface Stop {
  readonly type: object;
  readonly input: readonly unknown[];
  readonly output: unknown[];
}

let last: Stop | undefined;

/**
 * Notes the output of the items of a list before the first that may be wrong, at which the fast way stops.
 *
 * @param type the type of the items: two fields may hold the same list
 */
export function stopAfter(type: object, input: readonly unknown[], output: unknown[]): void {
  last = { type, input, output };
}

/** Returns the output that the fast way left if it stopped in this list last; the slow way continues from there. */
export function takeStop(type: object, input: readonly unknown[]): unknown[] {
  if (last?.type !== type || last.input !== input) return [];
  const { output } = last;
  last = undefined;
  return output;
}

let lastKeys: { readonly input: object; readonly keys: readonly string[] } | undefined;

/** The keys of an object; the slow way gets those that the fast way has read, because many take long to collect. */
export function keysOf(input: object): readonly string[] {
  if (lastKeys?.input !== input) lastKeys = { input, keys: Object.keys(input) };
  return lastKeys.keys;
}

/** Called before and after each value as a whole: a list or a map may have changed, and must not be kept in memory. */
export function forgetStop(): void {
  last = undefined;
  lastKeys = undefined;
}
