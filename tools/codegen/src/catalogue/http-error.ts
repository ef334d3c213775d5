/** A rule of google.api.http that makes no route. The message says what is wrong and how to fix it. */
export class RouteError extends Error {
  override readonly name = "RouteError";
  /** The number of the wrong field of HttpRule; undefined if the whole rule is wrong. */
  field: number | undefined;
}

/** Reads a part of a rule. A RouteError without a field gets this field of HttpRule. */
export function readField<T>(field: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RouteError) error.field ??= field;
    throw error;
  }
}
