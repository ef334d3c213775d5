import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs git in a folder. Returns its output without the last line break. @throws Error if git fails */
export type Git = (...args: readonly string[]) => Promise<string>;

/** Returns git for a folder. @param env variables to add to the environment, such as GIT_INDEX_FILE */
export function gitIn(folder: string, env: Readonly<Record<string, string>> = {}): Git {
  return async (...args) => {
    const { stdout } = await run("git", args, {
      cwd: folder,
      env: { ...process.env, LC_ALL: "C", ...env },
      maxBuffer: 256 * 1024 * 1024,
    });
    return stdout.trimEnd();
  };
}

/** Returns the output of git, or undefined if git fails: for questions that git answers with an error. */
export async function ask(git: Git, ...args: readonly string[]): Promise<string | undefined> {
  return git(...args).catch(() => undefined);
}
