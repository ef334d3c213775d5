import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { dependencies } from "@mesh/codegen/generate/dependencies";
import { syncFolder } from "@mesh/codegen/generate/sync";
import { type Contracts, compileContracts, pathOf } from "../breaking/contracts.ts";
import { gitIn } from "../breaking/git.ts";
import { packageRoot } from "./package-root.ts";
import { packagesOf } from "./packages.ts";
import { layout } from "./pages/layout.ts";
import { eventsPage, indexPage, permissionsPage } from "./pages/overview.ts";
import { packagePage } from "./pages/package-page.ts";
import { searchIndex } from "./search-index.ts";
import { Site } from "./site.ts";
import { sourceLinks } from "./sources.ts";
import { readUsage } from "./usage.ts";

/** Stands in a folder that this wrote, which it may therefore empty. */
const stamp = "contracts.txt";

/** Ends a run because the output folder has something else in it. */
export class FolderTaken extends Error {
  override readonly name = "FolderTaken";
}

/**
 * Writes pages on all contracts: static files that need no server. The same contracts give the same bytes.
 *
 * @param root the folder of buf.yaml
 * @param output where the pages go; what was written there before and is not any more goes away
 * @throws FolderTaken, or CannotCompare where the contracts do not compile
 */
export async function writeDocs({ root, output }: { root: string; output: string }): Promise<{ pages: number }> {
  await checkFolder(output);
  const folder = await realpath(await mkdtemp(join(tmpdir(), "mesh-docs-")));
  try {
    const contracts = await compileContracts(root, join(folder, "contracts.binpb"), "the working tree");
    const site = await siteOf(contracts, output);
    const draft = join(folder, "site");
    const pages = [
      indexPage(site),
      eventsPage(site),
      permissionsPage(site),
      ...site.packages.map((one) => packagePage(site, one)),
    ];
    await write(draft, Object.fromEntries(pages.map((page) => [page.file, layout(site, page)])));
    await write(draft, {
      ...(await assets()),
      "search-index.js": searchIndex(site),
      [stamp]: "Written by `npm run docs`.\n",
    });
    await syncFolder(draft, output);
    return { pages: pages.length };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function siteOf(contracts: Contracts, output: string): Promise<Site> {
  const { root, registry, options } = contracts;
  const packages = packagesOf(registry, options, new Set(Object.keys(await dependencies())));
  const files = packages.flatMap((one) => one.files.map(({ proto }) => proto.name));
  const paths = new Map(await Promise.all(files.map(async (file) => [file, await pathOf(root, file)] as const)));
  const [name, usage, source] = await Promise.all([
    projectName(root),
    readUsage(root, registry),
    sourceLinks(gitIn(root), root, output),
  ]);
  return new Site({ name, contracts, packages, usage, source }, paths);
}

async function checkFolder(output: string): Promise<void> {
  const present: readonly string[] = await readdir(output).catch(() => []);
  if (present.length === 0 || present.includes(stamp)) return;
  throw new FolderTaken(`${output} has files that are no pages of contracts, which would go: name another by --output`);
}

async function projectName(root: string): Promise<string> {
  const text = await readFile(join(root, "package.json"), "utf8").catch(() => "{}");
  const { name }: { name?: unknown } = JSON.parse(text);
  return typeof name === "string" && name !== "" ? name : basename(root);
}

async function assets(): Promise<Record<string, string>> {
  const folder = join(packageRoot(), "src/docs/assets");
  const names = ["style.css", "search.js"];
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
}
