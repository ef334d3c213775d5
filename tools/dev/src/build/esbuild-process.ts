import { stop } from "esbuild";

/** How long the compiler's process is kept for another build. */
const idleMs = 2_000;

let running = 0;
let timer: NodeJS.Timeout | undefined;

/** Runs a build; when there is none for a while, the compiler's process is ended: the next one starts it in 20 ms. */
export async function withCompiler<T>(work: () => Promise<T>): Promise<T> {
  clearTimeout(timer);
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    if (running === 0) timer = setTimeout(() => void stop(), idleMs).unref();
  }
}
