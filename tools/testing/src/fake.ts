import { type HandlersOf, MeshError, type ServiceDefinition, type ServiceTypes } from "@mesh/contracts";
import { type Implementation, implement } from "@mesh/rpc";
import type { Scope } from "@mesh/runtime";

/** Implements some methods of a service; the others respond with UNIMPLEMENTED. */
export function fake<T extends ServiceTypes>(
  definition: ServiceDefinition<T>,
  handlers: Partial<HandlersOf<T, Scope>>,
): Implementation {
  const absent = Object.entries(definition.methods).map(
    ([name, { path }]) => [name, () => unimplemented(path)] as const,
  );
  // The cast is safe: each method of the definition has a handler, a given one or one that throws.
  return implement(definition, { ...Object.fromEntries(absent), ...handlers } as HandlersOf<T, Scope>);
}

function unimplemented(path: string): never {
  throw new MeshError({ code: "UNIMPLEMENTED", message: `${path} has no fake handler` });
}
