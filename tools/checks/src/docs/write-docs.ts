import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { CommandError } from "@mesh/codegen/command";
import { dependencies } from "@mesh/codegen/generate/dependencies";
import { syncFolder } from "@mesh/codegen/generate/sync";
import { type Contracts, compileContracts, withScratchFolder } from "../contracts/compile.ts";
import { sourcePathsOf } from "../contracts/source-path.ts";
import { gitIn } from "../git.ts";
import { packagesOf } from "./contract-package.ts";
import { readUsage } from "./event-usage.ts";
import { packageRoot } from "./package-root.ts";
import { layout } from "./pages/layout.ts";
import { eventsPage, indexPage, permissionsPage } from "./pages/overview.ts";
import { packagePage } from "./pages/package-page.ts";
import { searchIndex } from "./search-index.ts";
import { Site } from "./site.ts";
import { sourceLinks } from "./source-link.ts";

/** The file that marks a folder as written by this command, so that it may be replaced. */
const marker = "contracts.txt";

/** The error for an output folder that contains other files. */
export class FolderTaken extends CommandError {
  override readonly name = "FolderTaken";
}

/**
 * Writes a documentation site of all contracts: static files that need no server. The same contracts give the same bytes.
 *
 * @param root the folder of buf.yaml
 * @param output the folder to write to. Pages of an earlier run are replaced or removed.
 * @throws FolderTaken if the folder contains other files
 * @throws InvalidContracts if the contracts do not compile
 */
export async function writeDocs({ root, output }: { root: string; output: string }): Promise<{ pages: number }> {
  await checkFolder(output);
  return withScratchFolder(async (folder) => {
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
      [marker]: "Written by `npm run docs`.\n",
    });
    await syncFolder(draft, output);
    return { pages: pages.length };
  });
}

async function siteOf(contracts: Contracts, output: string): Promise<Site> {
  const { root, registry, options } = contracts;
  const packages = packagesOf(registry, options, new Set(Object.keys(await dependencies())));
  const files = packages.flatMap((one) => one.files.map(({ proto }) => proto.name));
  const paths = await sourcePathsOf(root, files);
  const [name, usage, source] = await Promise.all([
    projectName(root),
    readUsage(root, registry),
    sourceLinks(gitIn(root), root, output),
  ]);
  return new Site({ name, contracts, packages, usage, source }, paths);
}

async function checkFolder(output: string): Promise<void> {
  const present: readonly string[] = await readdir(output).catch(() => []);
  if (present.length === 0 || present.includes(marker)) return;
  throw new FolderTaken(`${output} contains other files, which would be deleted: give another folder with --output`);
}

async function projectName(root: string): Promise<string> {
  const text = await readFile(join(root, "package.json"), "utf8").catch(() => "{}");
  const { name }: { name?: unknown } = JSON.parse(text);
  return typeof name === "string" && name !== "" ? name : basename(root);
}

async function assets(): Promise<Record<string, string>> {
  const folder = join(packageRoot(), "src/docs/assets");
  const names = ["style.css", "search.js", "icon.svg"];
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const)),
  );
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
}
