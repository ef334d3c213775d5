import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Git, gitIn } from "../../git.ts";
import { CannotCompare } from "./cannot-compare.ts";

/** The git patterns of the files that belong to the contracts. */
export const contractPaths = ["*.proto", "buf.yaml", "buf.lock"] as const;

/**
 * Writes the contracts of a commit into a folder. It uses a separate index, so the working tree and the repository stay
 * unchanged.
 *
 * @param config the text of a buf.yaml, for a commit that has none
 * @returns true if the commit has any contract
 * @throws CannotCompare if files of the commit are missing in the clone
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
    // The length of a command line is limited, on Windows to 32 KiB.
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
