import { MeshError } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Returns the id of the customer for whom a call is made.
 *
 * @throws MeshError UNAUTHENTICATED if it is not made for a customer
 *
 * @example
 * ```ts
 * import { customerOf } from "@mesh/service";
 *
 * const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
 * customerOf({ principal: { kind: "customer", id } }); // the id
 * ```
 */
export function customerOf({ principal }: Pick<Scope, "principal">): string {
  if (principal?.kind === "customer" && uuid.test(principal.id)) return canonical(principal.id);
  throw new MeshError({ code: "UNAUTHENTICATED", message: "this call must be made for a customer" });
}

/**
 * Returns a UUID as the database writes it. Callers may write it in capital letters.
 *
 * @example
 * ```ts
 * import { canonical } from "@mesh/service";
 *
 * canonical("0190F5FE-7F9B-7C3E-8F1A-2B3C4D5E6F70"); // "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70"
 * ```
 */
export function canonical(uuid: string): string {
  return uuid.toLowerCase();
}
