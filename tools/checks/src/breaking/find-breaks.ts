import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { withScratchFolder } from "../contracts/compile.ts";
import { sourcePathOf } from "../contracts/source-path.ts";
import { type Git, gitIn } from "../git.ts";
import type { Break } from "./break.ts";
import { compare } from "./compare.ts";
import { compileCompared } from "./compared-contracts.ts";
import { acceptanceOf } from "./history/acceptance.ts";
import { type Base, findBase } from "./history/base.ts";
import { checkOut, contractPaths } from "./history/checkout.ts";
import { checkRepository } from "./history/repository.ts";
import type { ReportedBreak } from "./report.ts";

/** The result of a comparison. */
export interface Comparison {
  /** The commit that the working tree was compared with. Undefined if there is no older one. */
  readonly base: Base | undefined;
  /** True if any contract differs from the base. */
  readonly isChanged: boolean;
  readonly breaks: readonly ReportedBreak[];
}

/**
 * Compares the contracts of the working tree with those of a commit.
 *
 * @param root the folder of buf.yaml
 * @param against a git ref. For the default see findBase.
 * @throws CannotCompare if the old contracts can't be read
 * @throws InvalidContracts if either version does not compile
 */
export async function findBreaks({ root, against }: { root: string; against?: string }): Promise<Comparison> {
  const git = gitIn(root);
  await checkRepository(git);
  const base = await findBase(git, against, contractPaths);
  if (!base || !(await isChangedSince(git, base.commit))) return { base, isChanged: false, breaks: [] };
  const breaks = await withScratchFolder((folder) => compareWith(git, base, root, folder));
  return { base, isChanged: true, breaks };
}

async function isChangedSince(git: Git, commit: string): Promise<boolean> {
  const tracked = await git("diff", "--name-only", commit, "--", ...contractPaths);
  return tracked !== "" || (await git("ls-files", "--others", "--exclude-standard", "--", ...contractPaths)) !== "";
}

async function compareWith(git: Git, { commit, name }: Base, root: string, folder: string): Promise<ReportedBreak[]> {
  const config = await readFile(join(root, "buf.yaml"), "utf8");
  if (!(await checkOut(git, commit, folder, config))) return [];
  const before = await compileCompared(join(folder, "tree"), join(folder, "old.binpb"), name);
  const after = await compileCompared(root, join(folder, "new.binpb"), "the working tree");
  const breaks = await compare(before, after);
  return Promise.all(breaks.map((found) => report(git, commit, found, found.isOld ? before.root : after.root)));
}

async function report(git: Git, commit: string, found: Break, root: string): Promise<ReportedBreak> {
  const path = await sourcePathOf(root, found.position.file);
  return { ...found, path, acceptedBy: await acceptanceOf(git, commit, path) };
}
