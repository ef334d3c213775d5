import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { writeDeclarations } from "./declarations.ts";
import { findEntries } from "./entries.ts";
import { findExample } from "./example.ts";
import { manifest, mark, type Settings } from "./manifest.ts";
import { PackageError } from "./package-error.ts";
import { readme } from "./readme.ts";
import { writeScripts } from "./scripts.ts";

const help = `npm run client -- …     writes an npm package with a client for this mesh

  --name <name>        the name on npm (default: typemesh-client)
  --version <version>  the version (default: 0.1.0)
  --out <folder>       the folder to write to, which is replaced (default: dist/client)

Example: npm run client -- --name @acme/shop-client --version 1.2.0 && npm publish ./dist/client
`;

/** The error for wrong arguments. The exit code is 2. */
class UsageError extends Error {}

/** Writes the package from the command line. Returns the exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  try {
    const { out, ...settings } = settingsOf(args);
    if (!out) return print(help);
    const folder = resolve(root, out);
    await checkFolder(folder);
    const files = await writePackage(root, settings, folder);
    // npm reads dist/client as a GitHub repository, and ./dist/client as a folder.
    const where = `./${relative(process.cwd(), folder)}`;
    return print(`${settings.name} ${settings.version}: ${files} files in ${where}\n→ npm publish ${where}\n`);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof PackageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** Reads the arguments. The result has no `out` if they ask for help. @throws UsageError */
function settingsOf(args: readonly string[]): Settings & { readonly out?: string } {
  const options = {
    help: { type: "boolean", short: "h", default: false },
    name: { type: "string", default: "typemesh-client" },
    version: { type: "string", default: "0.1.0" },
    out: { type: "string", default: "dist/client" },
  } as const;
  const { help: isHelp, name, version, out } = parsed(() => parseArgs({ args: [...args], options }).values);
  if (!/^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/.test(name) || name.length > 214) {
    throw new UsageError(`--name is "${name}", must be an npm package name in lowercase, such as @acme/shop-client`);
  }
  // Source: https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string, shortened
  if (!/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[\w.-]+)?(\+[\w.-]+)?$/.test(version)) {
    throw new UsageError(`--version is "${version}", must be a version such as 1.2.0`);
  }
  if (!out) throw new UsageError("--out is empty, must be a folder such as dist/client");
  return isHelp ? { name, version } : { name, version, out };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\nsee npm run client -- --help`);
  }
}

/** @throws PackageError if the folder contains files that this command did not write */
async function checkFolder(folder: string): Promise<void> {
  const file = join(folder, "package.json");
  const isOurs = existsSync(file) && readFileSync(file, "utf8").includes(mark);
  const isEmpty = !existsSync(folder) || (await readdir(folder)).length === 0;
  if (!isOurs && !isEmpty) throw new PackageError(`${folder} contains other files: give another folder with --out`);
}

/** Writes the package to a temporary folder, then moves it to its place. Returns the number of files. */
async function writePackage(root: string, settings: Settings, folder: string): Promise<number> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const draft = await mkdtemp(join(parent, ".client-"));
  const scratch = await mkdtemp(join(root, "node_modules/.mesh-client-"));
  try {
    const entries = await findEntries(root);
    const [scripts, declarations] = await Promise.all([
      writeScripts(root, entries, draft),
      writeDeclarations(root, entries, { name: settings.name, out: draft, scratch }),
    ]);
    const packages = new Set([...scripts, ...declarations.packages]);
    await writeFile(join(draft, "package.json"), manifest(root, settings, { entries, packages, declarations }));
    await writeFile(join(draft, "README.md"), readme(settings, entries, findExample(root, entries)));
    if (existsSync(join(root, "LICENSE"))) await copyFile(join(root, "LICENSE"), join(draft, "LICENSE"));
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
    return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(scratch, { recursive: true, force: true });
  }
}
