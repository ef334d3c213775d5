import { type HandlersOf, MeshError, type ServiceDefinition, type ServiceTypes } from "@mesh/contracts";
import { type Implementation, implement } from "@mesh/rpc";
import type { Scope } from "@mesh/runtime";

/** A service of which only some methods are there; the others answer UNIMPLEMENTED. */
export function fake<T extends ServiceTypes>(
  definition: ServiceDefinition<T>,
  handlers: Partial<HandlersOf<T, Scope>>,
): Implementation {
  const absent = Object.entries(definition.methods).map(([name, { path }]) => [name, () => refuse(path)] as const);
  // Every method of the definition has a handler: if not one that was given, then one that refuses.
  return implement(definition, { ...Object.fromEntries(absent), ...handlers } as HandlersOf<T, Scope>);
}

function refuse(path: string): never {
  throw new MeshError({ code: "UNIMPLEMENTED", message: `${path} is not faked` });
}
