import { CannotCompare } from "./cannot-compare.ts";
import { ask, type Git, isShallow } from "./git.ts";

/** The commit whose contracts the new ones are compared with. */
export interface Base {
  readonly commit: string;
  /** What it is, for people: `a5f51b8, where this branch left origin/main`. */
  readonly name: string;
}

/** What the default branch may be called here, the likeliest first. */
const defaultBranches = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];

const howToDeepen =
  "fetch the rest by `git fetch --unshallow`, in GitHub Actions by `fetch-depth: 0` of actions/checkout";

/**
 * Finds the commit to compare with.
 *
 * @param against a ref; undefined: where this branch left the default branch or, on it and with nothing changed, the
 *   commit before
 * @param paths what belongs to the contracts
 * @returns undefined where there is nothing older: the first commit
 * @throws CannotCompare where the ref or the history is not there
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
  const help = "name what to compare with: --against <git ref>, or fetch it: `git fetch origin main:main`";
  throw new CannotCompare(`none of ${defaultBranches.join(", ")} is here: ${help}`);
}

async function named(git: Git, against: string): Promise<Base> {
  const commit = await commitOf(git, against);
  if (commit) return { commit, name: `${against} (${short(commit)})` };
  const help = (await isShallow(git))
    ? `this clone is shallow: ${howToDeepen}`
    : "see `git branch --all` and `git tag`";
  throw new CannotCompare(`--against ${against}: there is no such commit, branch or tag here: ${help}`);
}

async function fromBranch(git: Git, head: string, branch: string, paths: readonly string[]): Promise<Base | undefined> {
  const base = await ask(git, "merge-base", "HEAD", branch);
  if (!base) {
    const reason = (await isShallow(git))
      ? `in this shallow clone: ${howToDeepen}`
      : ": name one by --against <git ref>";
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
