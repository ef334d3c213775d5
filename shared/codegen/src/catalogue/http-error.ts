/** A rule of google.api.http that makes no route; its message says what is wrong and how to mend it. */
export class RouteError extends Error {
  override readonly name = "RouteError";
}
