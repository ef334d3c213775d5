/**
 * Runs the rest of a list of middleware, and resolves with its result. A middleware that adds something to the context
 * gives it here; it is merged into the context before the rest runs.
 */
export type Next<Added extends object = object> = (
  ...added: object extends Added ? [added?: Added] : [added: Added]
) => Promise<unknown>;

/** A step around a call: does its part, runs the rest by `next`, and returns the result of the rest or another one. */
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

/** Returns the list that an option `middleware` stands for. */
export function middlewareList<M>(option: MiddlewareOption<M> | undefined, defaults: readonly M[]): readonly M[] {
  return typeof option === "function" ? option(defaults) : [...defaults, ...(option ?? [])];
}

/** What a list of middleware adds to the context, as one type. */
export type AddedBy<List extends readonly unknown[]> = AllOf<AddedByOne<List[number]>>;

/** In a tuple, so that `AllOf` can tell one addition from the next. */
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
 * Puts middleware around a function, the first one outermost. Done once for each method, so that a call only runs it.
 *
 * @returns a function that runs all of them with a call
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
