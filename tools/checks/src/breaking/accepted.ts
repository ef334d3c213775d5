import type { Git } from "./git.ts";

/** A commit that says it breaks people. */
export interface Acceptance {
  /** `a5f51b8 "Orders ask for an address"` */
  readonly commit: string;
}

/** Source: Conventional Commits 1.0.0, 8 to 16: a footer, or a `!` before the colon. */
const saysSo = /^BREAKING[ -]CHANGE: \S|^[a-zA-Z]+(\([^)\n]*\))?!: /m;

/**
 * The commit that accepts the breaks of a contract: one between the base and HEAD that changed this very file and whose
 * message has a footer `BREAKING CHANGE: …`. What is not committed yet is accepted by nobody's commit but an earlier one.
 *
 * @param path the contract, from the folder that git is run in
 */
export async function acceptanceOf(git: Git, base: string, path: string): Promise<Acceptance | undefined> {
  const log = await git("log", "--full-history", "--format=%h%n%B%x00", `${base}..HEAD`, "--", path);
  for (const entry of log.split("\0")) {
    const [hash = "", ...lines] = entry.trimStart().split("\n");
    if (saysSo.test(lines.join("\n"))) return { commit: `${hash} ${JSON.stringify(lines[0])}` };
  }
  return undefined;
}
