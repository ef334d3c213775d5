import { type HandlersOf, MeshError, type ServiceDefinition, type ServiceTypes } from "@mesh/contracts";
import { type CallScope, type Implementation, implement } from "@mesh/rpc";

/** Implements some methods of a service; the others respond with UNIMPLEMENTED. */
export function fake<T extends ServiceTypes>(
  definition: ServiceDefinition<T>,
  handlers: Partial<HandlersOf<T, CallScope>>,
): Implementation {
  // The cast is safe: each method of the definition has a handler, a given one or one that throws.
  return implement(definition, { ...absentHandlers(definition), ...handlers } as HandlersOf<T, CallScope>);
}

/** Handlers that throw UNIMPLEMENTED, for the methods that a test does not call. */
export function absentHandlers<T extends ServiceTypes>(definition: ServiceDefinition<T>): HandlersOf<T, unknown> {
  const absent = Object.entries(definition.methods).map(
    ([name, { path }]) => [name, () => unimplemented(path)] as const,
  );
  // The entries are the methods of the definition.
  return Object.fromEntries(absent) as HandlersOf<T, unknown>;
}

function unimplemented(path: string): never {
  throw new MeshError({ code: "UNIMPLEMENTED", message: `${path} has no fake handler` });
}
