import type { Health } from "./health.ts";
import { processGroup } from "./process-group.ts";

/**
 * Sends `{ type: "ready" }` to the parent process once every part is ready. Does nothing without an IPC channel. In a group of programs,
 * the group does this.
 *
 * @example
 * ```ts no-run
 * import { announceReady, createHealth } from "@mesh/runtime";
 *
 * const health = createHealth();
 * announceReady(health);
 * ```
 */
export function announceReady(...healths: readonly Health[]): void {
  const group = processGroup();
  if (group && !group.isAnnouncing) {
    group.healths.push(...healths);
    return;
  }
  const ends: (() => void)[] = [];
  const announce = () => {
    if (!healths.every((health) => health.ready())) return;
    for (const end of ends) end();
    process.send?.({ type: "ready" });
  };
  if (healths.every((health) => health.ready())) announce();
  else ends.push(...healths.map((health) => health.onChange(announce)));
}
