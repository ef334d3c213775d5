import { join } from "node:path";
import { runBuf } from "./buf.ts";
import { type ImageFile, inOrder, readImage } from "./image.ts";
import { imageName } from "./record.ts";
import { changedSince, type Sources } from "./sources.ts";

/** What to compile, and what was compiled the last time. */
export interface Compilation {
  /** The folder of buf.yaml. */
  readonly root: string;
  /** The folder of the contracts below the root; undefined for all that buf.yaml names. */
  readonly input?: string | undefined;
  readonly sources: Sources;
  /** The hashes of the sources at the last time. */
  readonly known: Sources["hashes"];
  /** The folder of the code, with the image of the last time. */
  readonly output: string;
  readonly draft: string;
}

/** Compiles the contracts that changed, and those that depend on them. Returns the errors of the compiler if there are any. */
export async function compile(compilation: Compilation): Promise<readonly ImageFile[] | string> {
  const { input, sources, known, output } = compilation;
  const changed = changedSince(known, sources);
  const before = changed && (await readImage(join(output, imageName)).catch(() => undefined));
  if (!before) return build(compilation, []);
  if (changed.length === 0) return before;
  if (input || changed.some((name) => !sources.paths.has(name))) return build(compilation, []);
  return compilePart(compilation, before, changed);
}

async function compilePart(compilation: Compilation, before: readonly ImageFile[], changed: readonly string[]) {
  const affected = affectedBy(changed, before);
  const paths = [...affected].flatMap((name) => ["--path", compilation.sources.paths.get(name) ?? name]);
  const building = build(compilation, paths);
  // Otherwise it would be read after buf has ended.
  for (const file of before) if (!affected.has(file.name)) file.read();
  const part = await building;
  if (typeof part === "string") return part;
  const old = new Map(before.map((file) => [file.name, file]));
  // In another package, a name may be taken by a file that was not compiled.
  const isMoved = part.some((file) => affected.has(file.name) && old.get(file.name)?.package !== file.package);
  if (isMoved) return build(compilation, []);
  for (const file of part) if (affected.has(file.name) || !old.has(file.name)) old.set(file.name, file);
  return inOrder([...old.values()]);
}

/** Returns the changed files with those that import them, at any depth, and all others of their packages. */
function affectedBy(changed: readonly string[], files: readonly ImageFile[]): Set<string> {
  const own = files.filter(({ isImport }) => !isImport);
  const packages = new Set(own.filter(({ name }) => changed.includes(name)).map((file) => file.package));
  const affected = new Set(own.filter((file) => packages.has(file.package)).map(({ name }) => name));
  // Each file follows those that it imports.
  for (const { name, dependencies } of own) if (dependencies.some((one) => affected.has(one))) affected.add(name);
  return affected;
}

async function build({ root, input, draft }: Compilation, paths: readonly string[]): Promise<ImageFile[] | string> {
  const image = join(draft, imageName);
  const errors = await runBuf(root, ["build", ...(input ? [input] : []), ...paths, "--output", image]);
  return errors ?? readImage(image);
}
