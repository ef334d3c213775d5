import type { LocalServices } from "./local-services.ts";

let shared: LocalServices | undefined;

/** Makes services those that every program of this process calls in memory, if it is a group of programs. */
export function shareServices(services: LocalServices): void {
  shared = services;
}

/** The services that every program of this process calls in memory; undefined: it is no group. */
export function sharedServices(): LocalServices | undefined {
  return shared;
}
