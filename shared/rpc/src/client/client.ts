import type { CallOptions, ClientOf, MethodDefinition, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import type { Caller } from "./begin.ts";
import { invokers } from "./methods.ts";

/** The functions that call a service, all for one caller. */
export function clientFor<T extends ServiceTypes>({ methods }: ServiceDefinition<T>, caller: Caller): ClientOf<T> {
  const entries = Object.entries(methods).map(([name, method]) => [name, functionFor(caller, method)] as const);
  // The generated declaration of T names exactly these functions.
  return Object.fromEntries(entries) as ClientOf<T>;
}

function functionFor(caller: Caller, method: MethodDefinition) {
  const invoke = invokers[method.kind];
  return (input: never, options?: CallOptions) => invoke(caller, method, input, options);
}
