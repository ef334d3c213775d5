import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path/posix";
import { promisify } from "node:util";
import type { Entry } from "./entries.ts";
import { PackageError } from "./package-error.ts";
import { rewrite } from "./rewrite.ts";
import { packageOf } from "./scripts.ts";
import { compilerPaths, resolveWorkspace } from "./workspace.ts";

const run = promisify(execFile);

/** The folder of the declarations in the package. Below it they have the same paths as their sources. */
const folder = "types";

/** The declarations of a package. */
export interface Declarations {
  /** The npm packages that they import. */
  readonly packages: ReadonlySet<string>;
  /** Returns the declaration file of an entry in the package. */
  fileOf(entry: Entry): string;
}

/**
 * Writes the declarations of the entries and of everything that they import, without imports of the workspace. The
 * compiler creates those of TypeScript sources in a temporary folder. Examples in docstrings import from `name`. Generated code already has declarations.
 */
export async function writeDeclarations(
  root: string,
  entries: readonly Entry[],
  { name, out, scratch }: { readonly name: string; readonly out: string; readonly scratch: string },
): Promise<Declarations> {
  await emit(root, entries, scratch);
  const packages = new Set<string>();
  const queue = entries.map(({ source }) => declarationOf(source));
  const known = new Set(queue);
  for (const file of queue) {
    const rewritten = rewrite(file, await readDeclaration(root, scratch, file), (specifier) => {
      const target = targetOf(root, file, specifier);
      if (!target) {
        packages.add(packageOf(specifier));
        return specifier;
      }
      if (!known.has(target)) queue.push(target);
      known.add(target);
      return importOf(file, target);
    });
    await mkdir(dirname(join(out, folder, file)), { recursive: true });
    await writeFile(join(out, folder, file), nameInExamples(rewritten, name));
  }
  return { packages, fileOf: ({ source }) => `./${folder}/${declarationOf(source)}` };
}

/** Makes the examples in docstrings import from the package instead of the workspace. */
function nameInExamples(text: string, name: string): string {
  return text.replace(/"@mesh\/(?:client|gateway|contracts(?:\/client)?)(\/[^"]*)?"/g, (_, path = "") =>
    JSON.stringify(`${name}${path}`),
  );
}

/** Returns `a.d.ts` for `a.ts`, `a.js` and `a.d.ts`. */
function declarationOf(source: string): string {
  return source.replace(/(\.d)?\.[tj]s$/, ".d.ts");
}

/** Resolves an import to a path from the root of the repository. Undefined for npm packages. */
function targetOf(root: string, from: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return declarationOf(join(dirname(from), specifier));
  return specifier.startsWith("@mesh/") ? declarationOf(resolveWorkspace(root, specifier)) : undefined;
}

function importOf(from: string, target: string): string {
  const path = relative(dirname(from), target).replace(/\.d\.ts$/, ".js");
  return path.startsWith(".") ? path : `./${path}`;
}

async function readDeclaration(root: string, scratch: string, file: string): Promise<string> {
  const found = [join(scratch, file), join(root, file)].find((path) => existsSync(path));
  if (!found) throw new PackageError(`${file} does not exist: run npm run generate`);
  return readFile(found, "utf8");
}

const output = { noEmit: false, declaration: true, emitDeclarationOnly: true };

async function emit(root: string, entries: readonly Entry[], scratch: string): Promise<void> {
  const config = join(scratch, "tsconfig.json");
  const settings = {
    extends: join(root, "tools/client/tsconfig.json"),
    compilerOptions: { ...output, rootDir: root, outDir: scratch, paths: compilerPaths(root) },
    include: [],
    files: entries.map(({ source }) => join(root, declarationSource(root, source))),
  };
  await mkdir(scratch, { recursive: true });
  await writeFile(config, JSON.stringify(settings));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  // execFile always rejects with an ExecFileException.
  await run(process.execPath, [tsc, "-p", config], { cwd: root, maxBuffer: 2 ** 24 }).catch((error) => {
    throw new PackageError(`the type check failed:\n${error.stdout}${error.stderr}`);
  });
}

function declarationSource(root: string, source: string): string {
  const declaration = declarationOf(source);
  return existsSync(join(root, declaration)) ? declaration : source;
}
