// The contracts of the benchmark: services that differ only in their names, with many methods that are all `PlaceOrder`.
import { defineService } from "@mesh/contracts";
import { OrderService } from "@mesh/contracts/orders/v1";

/** Returns the definition of one of the services. */
export function contractOf(index, rpcs) {
  const name = `service${index}`;
  const { path: _, ...method } = OrderService.methods.placeOrder;
  const methods = methodNames(rpcs).map((local) => [local, { ...method, name: local, callers: ["*"] }]);
  return defineService(`bench.v1.${name}`, { name, slug: name }, Object.fromEntries(methods));
}

/** Returns the names of the methods of a service. */
export const methodNames = (rpcs) => Array.from({ length: rpcs }, (_, index) => `call${index}`);

/** Returns a list of the definitions of all services. */
export const contractsOf = ({ upstreams, rpcs }) =>
  Array.from({ length: upstreams }, (_, index) => contractOf(index, rpcs));
