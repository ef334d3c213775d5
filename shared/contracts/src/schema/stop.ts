interface Stop {
  readonly type: object;
  readonly input: readonly unknown[];
  readonly output: unknown[];
}

let last: Stop | undefined;

/**
 * Notes down how far the fast way came in a list: what is put out for the items before the first that may be wrong.
 *
 * @param type of the items: one list may stand in two fields
 */
export function stopAfter(type: object, input: readonly unknown[], output: unknown[]): void {
  last = { type, input, output };
}

/** What the fast way has put out already, if it stopped in this list last: whoever says what is wrong goes on from there. */
export function takeStop(type: object, input: readonly unknown[]): unknown[] {
  if (last?.type !== type || last.input !== input) return [];
  const { output } = last;
  last = undefined;
  return output;
}

/** Before and after each value as a whole: a list may have changed since, and is not to be kept. */
export function forgetStop(): void {
  last = undefined;
}
