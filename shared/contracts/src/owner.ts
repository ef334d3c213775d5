import { MeshError } from "./error.ts";
import type { Principal } from "./principal.ts";

/** The fields that hold the id of the customer to whom a request or a response belongs. */
export interface MethodOwner {
  /** The path to the field of the request, by names in TypeScript: `["customerId"]`. Absent: no field of it names the owner. */
  readonly request?: readonly string[];
  /** The path to the field of the response: `["order", "customerId"]`. Absent: no field of it names the owner. */
  readonly response?: readonly string[];
  /** The scope of callers who may access the objects of others. Absent: there is none. */
  readonly unless?: string;
  /** Makes the error for an object of another customer: that for an object that does not exist. Default: NOT_FOUND without a reason. */
  notFound?(request: unknown): MeshError;
}

/**
 * Checks that a request names its caller as the owner. Services, which call on their own account, may name any.
 *
 * @throws MeshError PERMISSION_DENIED if it names another customer, or none
 */
export function checkRequestOwner(owner: MethodOwner, principal: Principal, request: unknown): void {
  if (!owner.request || mayAccess(owner, principal, request, owner.request)) return;
  const message = `${owner.request.join(".")} of the request is not the caller`;
  throw new MeshError({ code: "PERMISSION_DENIED", message });
}

/**
 * Checks that a response belongs to the caller.
 *
 * @throws MeshError NOT_FOUND if it belongs to another customer, or to none, as if there were no such object
 */
export function checkResponseOwner(
  owner: MethodOwner,
  principal: Principal,
  request: unknown,
  response: unknown,
): void {
  if (!owner.response || mayAccess(owner, principal, response, owner.response)) return;
  throw owner.notFound?.(request) ?? new MeshError({ code: "NOT_FOUND", message: "not found" });
}

/**
 * Returns whether a principal may access a message: it is its owner, has the scope for those of others, or is a service.
 *
 * @param path the names in TypeScript that lead to the field with the id of the owner
 */
export function mayAccess(
  { unless }: Pick<MethodOwner, "unless">,
  { kind, id, scopes }: Principal,
  message: unknown,
  path: readonly string[],
): boolean {
  if (kind === "service" || (unless !== undefined && scopes?.has(unless))) return true;
  const named = path.reduce<unknown>((value, key) => Object(value)[key], message);
  // The empty string is the default of a field that is not set.
  return typeof named === "string" && named !== "" && named === id;
}
