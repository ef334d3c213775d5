/** A rule of google.api.http that makes no route; its message says what is wrong and how to mend it. */
export class RouteError extends Error {
  override readonly name = "RouteError";
  /** The number of the field of HttpRule that is wrong; undefined: the rule as a whole. */
  field: number | undefined;
}

/** Reads a part of a rule; what is wrong with it is then known to be wrong with this field of HttpRule. */
export function readField<T>(field: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RouteError) error.field ??= field;
    throw error;
  }
}
