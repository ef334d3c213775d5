/** The person or service that a call is made for. */
export interface Principal {
  /** `customer`: a person at a browser; `service`: a part of the mesh on its own account. */
  readonly kind: "customer" | "service";
  /** A customer's UUID, or a service's name. */
  readonly id: string;
}

/** The header that carries the principal between the parts of the mesh. */
export const principalHeader = "mesh-principal";

/** Writes a principal as a header: `customer:0190…`. */
export function formatPrincipal(principal: Principal): string {
  return `${principal.kind}:${principal.id}`;
}

/** Reads a principal from a header; undefined: there is none, or it is malformed. */
export function parsePrincipal(header: string | undefined): Principal | undefined {
  const match = /^(customer|service):([\w-]{1,64})$/.exec(header ?? "");
  if (!match) return undefined;
  return { kind: match[1] as Principal["kind"], id: match[2] as string };
}
