import { allocateYoung } from "./heap.ts";
import { createLifecycle, type Lifecycle, type LifecycleOptions } from "./lifecycle.ts";
import { processGroup } from "./process-group.ts";

/**
 * Runs a process until it gets SIGTERM or SIGINT, or until the parent process that opened an IPC channel to it ends. An
 * uncaught error ends the process with exit code 1, after every part is closed. In a group of programs, the group does this.
 *
 * @example
 * ```ts no-run
 * import { createLogger, runProcess } from "@mesh/runtime";
 *
 * await runProcess({ log: createLogger({ name: "notes" }) }, async (life) => {
 *   const timer = setInterval(() => {}, 1_000);
 *   life.onClose("timer", () => clearInterval(timer));
 * });
 * ```
 */
export async function runProcess(options: LifecycleOptions, main: (life: Lifecycle) => Promise<void>): Promise<void> {
  const group = processGroup();
  if (group && !group.isRunning) {
    group.processes.push({ options, main });
    return;
  }
  allocateYoung();
  const life = createLifecycle(options);
  const end = async (exitCode: number) => {
    await life.close();
    process.exit(exitCode);
  };
  const fail = (error: unknown) => {
    options.log.fatal({ err: error }, "the process ends because of an uncaught error");
    void end(1);
  };
  process.once("SIGTERM", () => void end(0));
  process.once("SIGINT", () => void end(0));
  process.once("disconnect", () => void end(0));
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  try {
    await main(life);
  } catch (error) {
    fail(error);
  }
}
