import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CannotCompare } from "./cannot-compare.ts";
import { type Git, gitIn } from "./git.ts";

/** What of a tree is the contracts' own, as git's patterns. */
export const contractPaths = ["*.proto", "buf.yaml", "buf.lock"] as const;

/**
 * Writes the contracts of a commit into a folder, by an index of its own: neither the working tree nor the repository
 * notices.
 *
 * @param config the text of a buf.yaml, for a commit that has none
 * @returns whether the commit has any contract
 * @throws CannotCompare where its files are not in the clone
 */
export async function checkOut(git: Git, commit: string, folder: string, config: string): Promise<boolean> {
  const tree = join(folder, "tree");
  await mkdir(tree, { recursive: true });
  const subfolder = await git("rev-parse", "--show-prefix");
  const gitDir = await git("rev-parse", "--absolute-git-dir");
  const inTree = gitIn(tree, { GIT_DIR: gitDir, GIT_WORK_TREE: tree, GIT_INDEX_FILE: join(folder, "index") });
  try {
    await inTree("read-tree", subfolder ? `${commit}:${subfolder}` : commit);
    const paths = (await inTree("ls-files", "-z", "--", ...contractPaths)).split("\0").filter(Boolean);
    // A command line has an end, on Windows a near one.
    for (let start = 0; start < paths.length; start += 200) {
      await inTree("checkout-index", "--force", "--", ...paths.slice(start, start + 200));
    }
    if (!paths.includes("buf.yaml")) await writeFile(join(tree, "buf.yaml"), config);
    return paths.some((path) => path.endsWith(".proto"));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CannotCompare(`the contracts of ${commit} can't be read: ${reason}`);
  }
}
