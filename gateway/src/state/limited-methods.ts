import type { ServiceDefinition } from "@mesh/contracts";

/** Returns the procedures that have a rate limit, which all gateways have to count together: `orders.placeOrder`. */
export function limitedMethods(services: Readonly<Record<string, ServiceDefinition>>): string[] {
  return Object.entries(services).flatMap(([name, { methods }]) =>
    Object.entries(methods).flatMap(([key, { gateway }]) => (gateway?.rateLimit ? [`${name}.${key}`] : [])),
  );
}
