import { ask, type Git } from "../../git.ts";
import { CannotCompare } from "./cannot-compare.ts";

/** @throws CannotCompare if there is no git, no repository, or none that git trusts */
export async function checkRepository(git: Git): Promise<void> {
  await git("rev-parse", "--git-dir").catch((error: unknown) => {
    const { code, stderr = String(error) } = error as { code?: unknown; stderr?: string }; // Thrown by execFile.
    if (code === "ENOENT") throw new CannotCompare("git is not installed: install it to read the old contracts");
    const [reason = ""] = stderr.trim().split("\n");
    const text = reason.replace(/^fatal: /, "");
    throw new CannotCompare(`the old contracts can't be read: ${text}: run this in a clone of the repository`);
  });
}

/** Returns true if a clone lacks older commits. */
export async function isShallow(git: Git): Promise<boolean> {
  return (await ask(git, "rev-parse", "--is-shallow-repository")) === "true";
}
