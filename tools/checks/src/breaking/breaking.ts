import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptanceOf } from "./accepted.ts";
import { type Base, findBase } from "./base.ts";
import type { Break } from "./break.ts";
import { checkOut, contractPaths } from "./checkout.ts";
import { compare } from "./compare.ts";
import { type Contracts, compileContracts, pathOf } from "./contracts.ts";
import { checkRepository, type Git, gitIn } from "./git.ts";
import type { Reported } from "./report.ts";

/** What a comparison found. */
export interface Comparison {
  /** The commit that was compared with; undefined: there is none older. */
  readonly base: Base | undefined;
  /** Whether any contract differs from the base at all. */
  readonly isChanged: boolean;
  readonly breaks: readonly Reported[];
}

/**
 * Compares the working tree's contracts with those of a commit.
 *
 * @param root the folder of buf.yaml
 * @param against a git ref; default: where this branch left the default branch or, on it, the commit before
 * @throws CannotCompare where the old contracts are not to be had, or either do not compile
 */
export async function findBreaks({ root, against }: { root: string; against?: string }): Promise<Comparison> {
  const git = gitIn(root);
  await checkRepository(git);
  const base = await findBase(git, against, contractPaths);
  if (!base || !(await isChangedSince(git, base.commit))) return { base, isChanged: false, breaks: [] };
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mesh-breaking-")));
  try {
    return { base, isChanged: true, breaks: await compareWith(git, base, root, folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function isChangedSince(git: Git, commit: string): Promise<boolean> {
  const tracked = await git("diff", "--name-only", commit, "--", ...contractPaths);
  return tracked !== "" || (await git("ls-files", "--others", "--exclude-standard", "--", ...contractPaths)) !== "";
}

async function compareWith(git: Git, { commit, name }: Base, root: string, folder: string): Promise<Reported[]> {
  const config = await readFile(join(root, "buf.yaml"), "utf8");
  if (!(await checkOut(git, commit, folder, config))) return [];
  const before = await compileContracts(join(folder, "tree"), join(folder, "old.binpb"), name);
  const after = await compileContracts(root, join(folder, "new.binpb"), "the working tree");
  const breaks = await compare(before, after);
  return Promise.all(breaks.map((found) => report(git, commit, found, found.isOld ? before : after)));
}

async function report(git: Git, commit: string, found: Break, { root }: Contracts): Promise<Reported> {
  const path = await pathOf(root, found.position.file);
  const acceptance = await acceptanceOf(git, commit, path);
  return { ...found, path, acceptedBy: acceptance?.commit };
}
