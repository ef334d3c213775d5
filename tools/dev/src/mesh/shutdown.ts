import { onAncestorGone } from "../process/ancestors.ts";
import { killKept } from "../process/keeper.ts";
import type { Mode } from "./mode.ts";

/** The longest shutdown, in milliseconds, after which remaining processes are killed. In development, a mesh ends within 5 s. */
const timeoutMs: Readonly<Record<Mode, number>> = { development: 4_000, production: 30_000 };

/**
 * Ends this process after a signal, or when its parent is gone. A second signal ends it immediately.
 *
 * @param close stops the mesh
 * @returns a function that returns whether the shutdown began
 */
export function shutDownOnSignal(mode: Mode, print: (text: string) => void, close: () => Promise<void>): () => boolean {
  let isEnding = false;
  const end = (reason: string) => {
    if (isEnding) exit();
    isEnding = true;
    print(reason);
    setTimeout(exit, timeoutMs[mode]);
    void close().finally(exit);
  };
  // On a terminal it replaces the `^C`.
  const note = mode === "production" ? "stopping as in production, which takes 5 s; once more ends it now" : "stopping";
  const stopping = process.stdout.isTTY ? `\r${note}` : note;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(stopping));
  void onAncestorGone(() => end("the parent process ended; stopping"));
  return () => isEnding;
}

function exit(): void {
  killKept();
  process.exit(0);
}
