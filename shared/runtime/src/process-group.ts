import type { Health } from "./health.ts";
import type { Lifecycle, LifecycleOptions } from "./lifecycle.ts";

/** A program that runs in a group instead of a process of its own. */
export interface GroupedProcess {
  readonly options: LifecycleOptions;
  readonly main: (life: Lifecycle) => Promise<void>;
}

/**
 * Programs that run as one process. Each calls `runProcess`, `announceReady` and `startTelemetry` as it would alone; the group
 * notes this, and does it once.
 */
export class ProcessGroup {
  readonly processes: GroupedProcess[] = [];
  readonly healths: Health[] = [];
  /** Whether OpenTelemetry's SDK is registered for all of them. */
  hasTelemetry = false;
  /** Whether its programs run; before, they are being loaded. */
  isRunning = false;
  /** Whether all are open, so that the group says when they are ready. */
  isAnnouncing = false;
}

let group: ProcessGroup | undefined;

/**
 * Makes this process one of a group, before its programs are loaded. There is one group in a process.
 *
 * @example
 * ```ts no-run
 * import { openProcessGroup } from "@mesh/runtime";
 *
 * const group = openProcessGroup();
 * await import("./orders/src/main.ts" as string);
 * group.processes; // what it gave to `runProcess`
 * ```
 */
export function openProcessGroup(): ProcessGroup {
  group ??= new ProcessGroup();
  return group;
}

/**
 * Returns the group of this process; undefined: it runs one program.
 *
 * @example
 * ```ts
 * import { processGroup } from "@mesh/runtime";
 *
 * console.info(processGroup() === undefined); // true
 * ```
 */
export function processGroup(): ProcessGroup | undefined {
  return group;
}
