/**
 * Runs the rest of a list of middleware, and resolves with its result. Its argument is merged into the context before the
 * rest runs.
 */
export type Next<Added extends object = object> = (
  ...added: object extends Added ? [added?: Added] : [added: Added]
) => Promise<unknown>;

/** A middleware around a call: runs the rest with `next`, and returns the result of the rest or another one. */
export type Step<Call> = (call: Call, next: Next) => Promise<unknown>;

/**
 * The option `middleware` of every seam. An array is appended to the default list; a function gets the default list and
 * returns the list to use, so it can add, replace and remove.
 *
 * @example
 * ```ts
 * import { type MiddlewareOption, middlewareList } from "@mesh/runtime";
 *
 * const option: MiddlewareOption<string> = (defaults) => defaults.filter((name) => name !== "log");
 * middlewareList(option, ["log", "limit"]); // ["limit"]
 * middlewareList(["mine"], ["log", "limit"]); // ["log", "limit", "mine"]
 * ```
 */
export type MiddlewareOption<M, List extends readonly M[] = readonly M[]> = List | ((defaults: readonly M[]) => List);

/**
 * Returns the list of middleware that an option describes.
 *
 * @example
 * ```ts
 * import { middlewareList } from "@mesh/runtime";
 *
 * middlewareList(["mine"], ["log", "limit"]); // ["log", "limit", "mine"]
 * middlewareList((defaults) => ["mine", ...defaults], ["log", "limit"]); // ["mine", "log", "limit"]
 * ```
 */
export function middlewareList<M>(option: MiddlewareOption<M> | undefined, defaults: readonly M[]): readonly M[] {
  return typeof option === "function" ? option(defaults) : [...defaults, ...(option ?? [])];
}

/** The type of the properties that a list of middleware adds to the context. */
export type AddedBy<List extends readonly unknown[]> = AllOf<AddedByOne<List[number]>>;

/** The addition in a tuple, so that `AllOf` does not distribute over an addition that is a union. */
type AddedByOne<Middleware> = Middleware extends (
  call: never,
  next: (...added: infer Given) => Promise<unknown>,
) => unknown
  ? Given extends readonly [infer Added extends object]
    ? [Added]
    : never
  : never;

/** The intersection of a union's members; unknown if it has none. */
type AllOf<Union> = (Union extends [infer One] ? (one: One) => void : never) extends (all: infer All) => void
  ? All
  : unknown;

/**
 * Wraps a function in middleware, with the first one outermost. Compose once for each method, not for each call.
 *
 * @returns a function that runs the middleware and the function with a call
 *
 * @example
 * ```ts
 * import { compose, type Step } from "@mesh/runtime";
 *
 * interface Greeting {
 *   readonly name: string;
 *   readonly context?: object;
 * }
 * const shout: Step<Greeting> = async (_call, next) => `${await next()}!`;
 * const greet = compose<Greeting>([shout], async ({ name }) => `hello ${name}`);
 * await greet({ name: "Ada" }); // "hello Ada!"
 * ```
 */
export function compose<Call extends { readonly context?: object | undefined }>(
  middleware: readonly Step<Call>[],
  core: (call: Call) => Promise<unknown>,
): (call: Call) => Promise<unknown> {
  return middleware.reduceRight<typeof core>((rest, step) => {
    return (call) =>
      step(call, (added) => {
        if (added) Object.assign(call.context ?? {}, added);
        return rest(call);
      });
  }, core);
}
