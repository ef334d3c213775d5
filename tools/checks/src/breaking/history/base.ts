import { ask, type Git } from "../../git.ts";
import { CannotCompare } from "./cannot-compare.ts";
import { isShallow } from "./repository.ts";

/** The commit that the working tree is compared with. */
export interface Base {
  readonly commit: string;
  /** A description for the output: `a5f51b8, where this branch left origin/main`. */
  readonly name: string;
}

/** Possible names of the default branch, the likeliest first. */
const defaultBranches = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];

const howToDeepen =
  "fetch the rest with `git fetch --unshallow`, in GitHub Actions with `fetch-depth: 0` of actions/checkout";

/**
 * Finds the commit to compare with.
 *
 * @param against a git ref. Default: the commit where this branch left the default branch. On the default branch, HEAD if
 *   the working tree has changes, else the commit before HEAD.
 * @param paths the git patterns of files that belong to the contracts
 * @returns undefined if HEAD is the first commit
 * @throws CannotCompare if the ref or the history is missing
 */
export async function findBase(
  git: Git,
  against: string | undefined,
  paths: readonly string[],
): Promise<Base | undefined> {
  if (against !== undefined) return named(git, against);
  const head = await commitOf(git, "HEAD");
  if (!head) throw new CannotCompare("there is no commit yet: commit the contracts first");
  for (const branch of defaultBranches) {
    if (await commitOf(git, branch)) return fromBranch(git, head, branch, paths);
  }
  const help = "give a commit with --against <git ref>, or fetch the branch: `git fetch origin main:main`";
  throw new CannotCompare(`found no branch ${defaultBranches.join(", ")}: ${help}`);
}

async function named(git: Git, against: string): Promise<Base> {
  const commit = await commitOf(git, against);
  if (commit) return { commit, name: `${against} (${short(commit)})` };
  const help = (await isShallow(git))
    ? `this clone is shallow: ${howToDeepen}`
    : "see `git branch --all` and `git tag`";
  throw new CannotCompare(`--against ${against}: no such commit, branch or tag: ${help}`);
}

async function fromBranch(git: Git, head: string, branch: string, paths: readonly string[]): Promise<Base | undefined> {
  const base = await ask(git, "merge-base", "HEAD", branch);
  if (!base) {
    const reason = (await isShallow(git))
      ? `in this shallow clone: ${howToDeepen}`
      : ": give one with --against <git ref>";
    throw new CannotCompare(`HEAD and ${branch} have no common commit ${reason}`);
  }
  if (base !== head) return { commit: base, name: `${short(base)}, where this branch left ${branch}` };
  const changed = await git("status", "--porcelain", "--untracked-files=all", "--", ...paths);
  return changed ? { commit: head, name: `${short(head)}, the last commit` } : parentOf(git, head);
}

async function parentOf(git: Git, head: string): Promise<Base | undefined> {
  const parent = await commitOf(git, "HEAD^");
  if (parent) return { commit: parent, name: `${short(parent)}, the commit before` };
  if (!(await isShallow(git))) return undefined;
  throw new CannotCompare(`the commit before ${short(head)} is not in this shallow clone: ${howToDeepen}`);
}

async function commitOf(git: Git, ref: string): Promise<string | undefined> {
  return ask(git, "rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
}

function short(commit: string): string {
  return commit.slice(0, 9);
}
