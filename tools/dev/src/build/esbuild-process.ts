import { stop } from "esbuild";

/** The time that the esbuild process waits for another build. */
const idleMs = 2_000;

let running = 0;
let timer: NodeJS.Timeout | undefined;

/** Runs a build. Ends the process of esbuild when it is idle, because a new one starts within 20 ms. */
export async function withEsbuild<T>(work: () => Promise<T>): Promise<T> {
  clearTimeout(timer);
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    if (running === 0) timer = setTimeout(() => void stop(), idleMs).unref();
  }
}
