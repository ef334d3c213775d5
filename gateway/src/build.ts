import type { ServiceDefinition } from "@mesh/contracts";
import { exposedProcedures } from "./expose.ts";
import { shop } from "./procedures/shop.ts";
import { type AppRouter, services } from "./router.ts";
import { createRouter } from "./trpc.ts";

/** Builds the router that `AppRouter` describes. */
export function buildRouter(): AppRouter {
  const generated = Object.entries<ServiceDefinition>(services).map(([name, service]) => {
    // The entries of an object have its keys.
    return [name, exposedProcedures(name as keyof typeof services, service)] as const;
  });
  // The generated types and the definitions come from the same contract; a test compares the two.
  return createRouter({ ...Object.fromEntries(generated), shop }) as unknown as AppRouter;
}
