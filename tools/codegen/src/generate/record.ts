import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { PluginOptions } from "./plugins.ts";
import { writeIfChanged } from "./sync.ts";

/** The size of a file in bytes and its time of modification in milliseconds. */
type Stamp = readonly [size: number, mtimeMs: number];

/** What the code in a folder was generated from. It is kept beside the code, so that the next generation can reuse it. */
export interface GenerationRecord {
  /** The hash of the generator and its options. */
  readonly generator: string;
  /** The hash of all .proto files together. */
  readonly tree: string;
  /** The hashes of the .proto files as they are written. */
  readonly sources: Readonly<Record<string, string>>;
  /** The hash of each .proto file with all that its code depends on. */
  readonly units: Readonly<Record<string, string>>;
  /** The generated files by their path, with the .proto file that they are from; null if from all. */
  readonly files: Readonly<Record<string, FileRecord>>;
}

/** A generated file with the .proto file that it is from; null if from all. */
export type FileRecord = readonly [source: string | null, ...Stamp];

/** The record of a folder without code. */
export const noRecord: GenerationRecord = { generator: "", tree: "", sources: {}, units: {}, files: {} };

/** The compiled contracts in the folder of the code. */
export const imageName = ".image.binpb";

/** The modules of shared/contracts that the generator imports. */
const ofContracts = ["http-status", "json-floats", "json-forms", "short-float"].map((name) => {
  return `shared/contracts/src/${name}.ts`;
});

/** The record in the folder of the code. */
export const recordName = ".generation.json";

/** Reads the record of a folder. A record of another generator does not count. */
export function readRecord(folder: string, generator: string): GenerationRecord {
  try {
    const record: GenerationRecord = JSON.parse(readFileSync(join(folder, recordName), "utf8"));
    return record.generator === generator ? record : noRecord;
  } catch {
    return noRecord;
  }
}

/** Records a finished generation. */
export async function writeRecord(folder: string, record: GenerationRecord): Promise<void> {
  await writeIfChanged(join(folder, recordName), JSON.stringify(record));
}

/** Returns the record of a generated file. */
export function recordOf(folder: string, path: string, source: string | undefined): FileRecord {
  return [source ?? null, ...stampOf(join(folder, path))];
}

/**
 * Returns the .proto files whose code was changed or removed since the last generation. The item null means the code
 * from all files together.
 */
export function editedSources(folder: string, { files }: GenerationRecord): Set<string | null> {
  const edited = Object.entries(files).filter(([path, [, size, mtimeMs]]) => {
    const [presentSize, presentMtimeMs] = stampOf(join(folder, path));
    return presentSize !== size || presentMtimeMs !== mtimeMs;
  });
  return new Set(edited.map(([, [source]]) => source));
}

/** Returns a hash of the generator, the installed packages, and the options of its plugins. */
export function generatorHash(root: string, options: PluginOptions): string {
  // This module may run from a bundle in another folder.
  const sources = join(dirname(createRequire(import.meta.url).resolve("@mesh/codegen/load")), "../src");
  const paths = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const hash = createHash("sha256").update(JSON.stringify(options));
  const others = ["package-lock.json", ...ofContracts].map((path) => join(root, path));
  for (const path of [...paths.sort().map((path) => join(sources, path)), ...others]) {
    hash.update(`${path}\0`).update(contentOf(path)).update("\0");
  }
  return hash.digest("hex");
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Returns the stamp of a file. A missing one has a size that no file has. */
function stampOf(path: string): Stamp {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? [stat.size, stat.mtimeMs] : [-1, 0];
}
