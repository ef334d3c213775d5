import type { HandlersOf, MethodDefinition, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";

/** Runs a method: takes a request, or an iterable of them, and gives a promise, or an iterable. */
export type Handler = (input: unknown, scope: Scope) => unknown;

/** A service and the functions that implement it. */
export interface Implementation {
  readonly definition: ServiceDefinition;
  readonly methods: readonly { readonly method: MethodDefinition; readonly handler: Handler }[];
}

/**
 * Joins a service and its handlers; each gets the request, or an iterable of them, and the scope of its call.
 *
 * @throws Error naming the methods without a handler
 */
export function implement<T extends ServiceTypes>(
  definition: ServiceDefinition<T>,
  handlers: HandlersOf<T, Scope>,
): Implementation {
  const entries = Object.entries(definition.methods);
  const missing = entries.filter(([name]) => typeof Reflect.get(handlers, name) !== "function");
  if (missing.length > 0) {
    throw new Error(`${definition.typeName} has no handler for ${missing.map(([name]) => name).join(", ")}`);
  }
  // Called on the object, so that handlers may be methods of a class. HandlersOf has checked what they take and give.
  const call = (name: string, input: unknown, scope: Scope) =>
    (Reflect.get(handlers, name) as Handler).call(handlers, input, scope);
  return {
    definition,
    methods: entries.map(([name, method]) => ({ method, handler: (input, scope) => call(name, input, scope) })),
  };
}
