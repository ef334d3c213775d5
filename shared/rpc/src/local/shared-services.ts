import type { LocalServices } from "./local-services.ts";

let shared: LocalServices | undefined;

/**
 * Makes services those that every program of this process calls in memory, if it is a group of programs.
 *
 * @example
 * ```ts no-run
 * import { LocalServices, shareServices } from "@mesh/rpc";
 *
 * shareServices(new LocalServices(["orders", "payments"]));
 * ```
 */
export function shareServices(services: LocalServices): void {
  shared = services;
}

/**
 * Returns the services that every program of this process calls in memory; undefined: it is no group.
 *
 * @example
 * ```ts
 * import { sharedServices } from "@mesh/rpc";
 *
 * console.info(sharedServices()?.has("orders")); // undefined
 * ```
 */
export function sharedServices(): LocalServices | undefined {
  return shared;
}
