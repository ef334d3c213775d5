import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { writeDeclarations } from "./declarations.ts";
import { findEntries } from "./entries.ts";
import { findExample } from "./example.ts";
import { Failure } from "./failure.ts";
import { manifest, mark, type Settings } from "./manifest.ts";
import { readme } from "./readme.ts";
import { writeScripts } from "./scripts.ts";

const help = `npm run client -- …     writes a package that calls this mesh, to be published

  --name <name>        its name on npm (default: typemesh-client)
  --version <version>  its version (default: 0.1.0)
  --out <folder>       where it goes; what is there is replaced (default: dist/client)

Example: npm run client -- --name @acme/shop-client --version 1.2.0 && npm publish ./dist/client
`;

/** What was asked for can't be understood: exit code 2. */
class UsageError extends Error {}

/** Writes the package; answers the exit code. */
export async function main(args: readonly string[], root: string): Promise<number> {
  try {
    const { out, ...settings } = settingsOf(args);
    if (!out) return say(help);
    const folder = resolve(root, out);
    await checkFolder(folder);
    const files = await writePackage(root, settings, folder);
    // npm takes dist/client for a repository of GitHub, and ./dist/client for a folder.
    const where = `./${relative(process.cwd(), folder)}`;
    return say(`${settings.name} ${settings.version}: ${files} files in ${where}\n→ npm publish ${where}\n`);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof Failure)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

/** Reads the arguments; without `out` it is help that was asked for. @throws UsageError */
function settingsOf(args: readonly string[]): Settings & { readonly out?: string } {
  const options = {
    help: { type: "boolean", short: "h", default: false },
    name: { type: "string", default: "typemesh-client" },
    version: { type: "string", default: "0.1.0" },
    out: { type: "string", default: "dist/client" },
  } as const;
  const { help: isHelp, name, version, out } = parsed(() => parseArgs({ args: [...args], options }).values);
  if (!/^(@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/.test(name) || name.length > 214) {
    throw new UsageError(
      `--name is "${name}", which npm does not take: write small letters, such as @acme/shop-client`,
    );
  }
  // Source: https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string, shortened
  if (!/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[\w.-]+)?(\+[\w.-]+)?$/.test(version)) {
    throw new UsageError(`--version is "${version}": write three numbers, such as 1.2.0`);
  }
  if (!out) throw new UsageError("--out is empty: name a folder, such as dist/client");
  return isHelp ? { name, version } : { name, version, out };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\nnpm run client -- --help says more`);
  }
}

/** @throws Failure where there is something that this did not write */
async function checkFolder(folder: string): Promise<void> {
  const file = join(folder, "package.json");
  const isOurs = existsSync(file) && readFileSync(file, "utf8").includes(mark);
  const isEmpty = !existsSync(folder) || (await readdir(folder)).length === 0;
  if (!isOurs && !isEmpty) throw new Failure(`${folder} has something else in it: name another folder by --out`);
}

/** Writes it beside its place, and puts it there when all is well. Answers how many files it has. */
async function writePackage(root: string, settings: Settings, folder: string): Promise<number> {
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  const draft = await mkdtemp(join(parent, ".client-"));
  const scratch = await mkdtemp(join(root, "node_modules/.mesh-client-"));
  try {
    const entries = await findEntries(root);
    const [scripts, declarations] = await Promise.all([
      writeScripts(root, entries, draft),
      writeDeclarations(root, entries, { out: draft, scratch }),
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
