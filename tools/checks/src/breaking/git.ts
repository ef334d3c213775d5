import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CannotCompare } from "./cannot-compare.ts";

const run = promisify(execFile);

/** Runs git in a folder; answers what it prints, without the last line break. @throws Error where git complains */
export type Git = (...args: readonly string[]) => Promise<string>;

/** Git in a folder. @param env more of the environment, such as GIT_INDEX_FILE */
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

/** What git prints, or undefined where it complains: for questions whose answer may be no. */
export async function ask(git: Git, ...args: readonly string[]): Promise<string | undefined> {
  return git(...args).catch(() => undefined);
}

/** @throws CannotCompare where there is no git, no repository, or none that git trusts */
export async function checkRepository(git: Git): Promise<void> {
  await git("rev-parse", "--git-dir").catch((error: unknown) => {
    const { code, stderr } = error as { code?: unknown; stderr?: string }; // What execFile throws.
    if (code === "ENOENT") throw new CannotCompare("git is not installed: install it, the old contracts come from it");
    const reason =
      stderr
        ?.trim()
        .split("\n")[0]
        ?.replace(/^fatal: /, "") ?? String(error);
    throw new CannotCompare(`the old contracts can't be read: ${reason}: run this in a clone of the repository`);
  });
}

/** Whether a clone lacks the older commits. */
export async function isShallow(git: Git): Promise<boolean> {
  return (await ask(git, "rev-parse", "--is-shallow-repository")) === "true";
}
