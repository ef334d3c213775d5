/** The person or service that a call is made for. */
export interface Principal {
  /** `customer`: a person at a browser; `service`: a part of the mesh on its own account. */
  readonly kind: "customer" | "service";
  /** A customer's UUID, or a service's name. */
  readonly id: string;
  /** The scopes that the principal has, such as `orders:read`, by its signed token. Absent: none is known. */
  readonly scopes?: ReadonlySet<string>;
}

/**
 * Returns a principal as a text.
 *
 * @example
 * ```ts
 * import { formatPrincipal } from "@mesh/contracts";
 *
 * formatPrincipal({ kind: "service", id: "orders" }); // "service:orders"
 * ```
 */
export function formatPrincipal(principal: Principal): string {
  return `${principal.kind}:${principal.id}`;
}

/**
 * Returns the principal in a text, or undefined if there is no text or it is malformed.
 *
 * @example
 * ```ts
 * import { parsePrincipal } from "@mesh/contracts";
 *
 * parsePrincipal("service:orders"); // { kind: "service", id: "orders" }
 * parsePrincipal("orders"); // undefined: it has no kind
 * ```
 */
export function parsePrincipal(text: string | undefined): Principal | undefined {
  const match = /^(customer|service):([\w-]{1,64})$/.exec(text ?? "");
  if (!match) return undefined;
  return { kind: match[1] as Principal["kind"], id: match[2] as string };
}
