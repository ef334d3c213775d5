import type { Health } from "./health.ts";

/**
 * Sends `{ type: "ready" }` to the parent process once every part is ready. Does nothing without an IPC channel.
 *
 * @example
 * ```ts no-run
 * import { announceReady, createHealth } from "@mesh/runtime";
 *
 * const health = createHealth();
 * announceReady(health);
 * ```
 */
export function announceReady(health: Health): void {
  const announce = () => process.send?.({ type: "ready" });
  if (health.ready()) {
    announce();
    return;
  }
  const end = health.onChange((ready) => {
    if (!ready) return;
    end();
    announce();
  });
}
