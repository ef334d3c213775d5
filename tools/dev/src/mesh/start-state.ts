import { setTimeout as delay } from "node:timers/promises";
import type { Mesh } from "./mesh.ts";
import type { RunningApp } from "./running-app.ts";

/** Returns whether an app is on its way: it builds or starts, and does not wait for another one that failed. */
export function isStarting(running: RunningApp, mesh: Mesh): boolean {
  return running.state === "starting" && missingFor(running, mesh).length === 0;
}

/** Waits until each app is ready, or cannot become ready by itself. */
export async function untilStarted(mesh: Mesh): Promise<void> {
  while (mesh.running.some((running) => isStarting(running, mesh))) await delay(20);
}

/** Returns the state of an app for people; empty if it is ready. */
export function stateOf(running: RunningApp, mesh: Mesh): string {
  if (running.state === "ready") return "";
  const missing = missingFor(running, mesh);
  return missing.length > 0 ? `waits for ${missing.join(", ")}` : running.state;
}

/** Returns the services that the gateway waits for although they neither run nor start: it is ready after all of them. */
function missingFor({ app, state }: RunningApp, mesh: Mesh): string[] {
  if (app.kind !== "gateway" || state !== "starting") return [];
  const alive = mesh.running.filter((other) => other.state === "ready" || other.state === "starting");
  const services = mesh.apps.filter(({ kind }) => kind === "service");
  return services.filter((service) => !alive.some((other) => other.app === service)).map(({ name }) => name);
}
