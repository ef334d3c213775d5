import { MeshError } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";

/** The id of the customer a call is made for. @throws MeshError UNAUTHENTICATED where it is made for nobody */
export function customerOf({ principal }: Pick<Scope, "principal">): string {
  if (principal?.kind === "customer") return principal.id;
  throw new MeshError({ code: "UNAUTHENTICATED", message: "this call must be made for a customer" });
}
