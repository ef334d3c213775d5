import { type ChildProcess, type ForkOptions, fork } from "node:child_process";
import { bundleProgram } from "@mesh/dev";

const bundled = new Map<string, Promise<string>>();

/**
 * Starts a program in TypeScript, such as `fixtures/child.ts` of a package, as a process with a channel to this one. It is bundled
 * first, once per process: a bundle loads much faster than its sources.
 */
export async function forkProgram(
  file: string,
  args: readonly string[],
  options: ForkOptions = {},
): Promise<ChildProcess> {
  const program = bundled.get(file) ?? bundleProgram(file);
  bundled.set(file, program);
  return fork(await program, args, options);
}
