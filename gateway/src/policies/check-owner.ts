import { checkRequestOwner, checkResponseOwner, MeshError, type MethodDefinition } from "@mesh/contracts";
import type { CallMethod, PeerDefinitions, Upstream } from "@mesh/rpc";

type Methods = Pick<Upstream, "method">;

/**
 * Makes methods with the option `owner` reject requests that name another customer than the one of the scope, and responses
 * that belong to another one. Responses that the gateway keeps are those of one user: with an owner, a cache must be per user.
 */
export function checkOwners(
  services: PeerDefinitions,
  upstreams: Readonly<Record<string, Methods>>,
): Readonly<Record<string, Methods>> {
  const checked = Object.entries(upstreams).map(([name, upstream]) => {
    const methods = services[name]?.methods ?? {};
    const method = (key: string) => checkedCall(methods[key], upstream.method(key));
    return [name, { method }] as const;
  });
  return Object.fromEntries(checked);
}

function checkedCall(method: MethodDefinition | undefined, call: CallMethod): CallMethod {
  const owner = method?.owner;
  if (!owner) return call;
  return (scope, request, options) => {
    const principal = scope?.principal;
    if (!principal) throw new MeshError({ code: "UNAUTHENTICATED", message: "the call must be made for a customer" });
    checkRequestOwner(owner, principal, request);
    const result = call(scope, request, options);
    const check = (response: unknown) => {
      checkResponseOwner(owner, principal, request, response);
      return response;
    };
    // Methods that the gateway calls return a promise, or an iterable if they stream their responses.
    if (method.kind === "unary") return (result as Promise<unknown>).then(check);
    return each(result as AsyncIterable<unknown>, check);
  };
}

async function* each(messages: AsyncIterable<unknown>, check: (message: unknown) => unknown) {
  for await (const message of messages) yield check(message);
}
