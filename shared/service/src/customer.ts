import { MeshError } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";
import { canonical } from "./uuid.ts";

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The id of the customer a call is made for. @throws MeshError UNAUTHENTICATED where it is made for nobody */
export function customerOf({ principal }: Pick<Scope, "principal">): string {
  if (principal?.kind === "customer" && uuid.test(principal.id)) return canonical(principal.id);
  throw new MeshError({ code: "UNAUTHENTICATED", message: "this call must be made for a customer" });
}
