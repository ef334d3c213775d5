import { MeshError, type MessageType, type MethodDefinition, violations } from "@mesh/contracts";
import type { z } from "zod";

/** A call whose requests can be checked, on either side of it. */
interface Checkable {
  readonly method: MethodDefinition;
  mapRequests(map: (request: unknown) => unknown): void;
}

/**
 * Checks every request by its contract and fills in defaults: a middleware of clients and of servers.
 *
 * A caller that has checked its input at its own edge removes it from its connections, a server never should.
 *
 * @throws MeshError INVALID_ARGUMENT, with the fields that break a rule
 *
 * @example
 * ```ts
 * import { OrderService } from "@mesh/contracts/orders/v1";
 * import { connect, validateRequest } from "@mesh/rpc";
 *
 * const orders = connect(OrderService, {
 *   address: "127.0.0.1:7001",
 *   middleware: (defaults) => defaults.filter((step) => step !== validateRequest),
 * });
 * await orders.close();
 * ```
 */
export function validateRequest(call: Checkable, next: () => Promise<unknown>): Promise<unknown> {
  const { input } = call.method;
  call.mapRequests((request) => {
    const result = input.schema.safeParse(request);
    if (result.success) return result.data;
    throw invalidRequest(input, result.error);
  });
  return next();
}

function invalidRequest({ typeName }: MessageType<unknown>, error: z.ZodError): MeshError {
  const list = violations(error);
  const first = list.map(({ field, description }) => (field ? `${field}: ${description}` : description)).at(0);
  const message = `not a valid ${typeName}: ${first ?? "it breaks a rule"}`;
  return new MeshError({ code: "INVALID_ARGUMENT", message, violations: list });
}
