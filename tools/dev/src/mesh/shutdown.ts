import { onAncestorGone } from "../process/ancestors.ts";
import { killKept } from "../process/keeper.ts";

/** The longest shutdown, after which remaining processes are killed: a mesh must end within five seconds. */
const timeoutMs = 4_000;

/**
 * Ends this process after a signal, or when its parent is gone. A second signal ends it immediately.
 *
 * @param close stops the mesh
 * @returns a function that returns whether the shutdown began
 */
export function shutDownOnSignal(print: (text: string) => void, close: () => Promise<void>): () => boolean {
  let isEnding = false;
  const end = (reason: string) => {
    if (isEnding) exit();
    isEnding = true;
    print(reason);
    setTimeout(exit, timeoutMs);
    void close().finally(exit);
  };
  // On a terminal it replaces the `^C`.
  const stopping = process.stdout.isTTY ? "\rstopping" : "stopping";
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => end(stopping));
  void onAncestorGone(() => end("the parent process ended; stopping"));
  return () => isEnding;
}

function exit(): void {
  killKept();
  process.exit(0);
}
