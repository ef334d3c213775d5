import type { Git } from "../../git.ts";

/** Source: Conventional Commits 1.0.0, items 8 to 16: a footer, or a `!` before the colon. */
const breakingChange = /^BREAKING[ -]CHANGE: \S|^[a-zA-Z]+(\([^)\n]*\))?!: /m;

/**
 * Finds the commit that accepts the breaking changes of a contract: a commit after the base that changed this file and
 * has a footer `BREAKING CHANGE: …`. It also accepts later changes of the same file, committed or not.
 *
 * @param path the contract, relative to the folder of git
 * @returns the commit: `a5f51b8 "Require an address for orders"`
 */
export async function acceptanceOf(git: Git, base: string, path: string): Promise<string | undefined> {
  const log = await git("log", "--full-history", "--format=%h%n%B%x00", `${base}..HEAD`, "--", path);
  for (const entry of log.split("\0")) {
    const [hash = "", ...lines] = entry.trimStart().split("\n");
    if (breakingChange.test(lines.join("\n"))) return `${hash} ${JSON.stringify(lines[0])}`;
  }
  return undefined;
}
