import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { compile } from "./compile.ts";
import type { ImageFile } from "./image.ts";
import type { Job, Output } from "./job.ts";
import type { PluginOptions } from "./plugins.ts";
import { type GenerationRecord, noRecord, readRecord, unchangedSources } from "./record.ts";
import { readSources, type Sources } from "./sources.ts";
import { type Unit, unitsOf } from "./units.ts";

/** The number of .proto files in a job. It bounds the memory that a thread needs. */
const filesPerJob = 32;

/** A tree of contracts and the folder of its code. */
export interface Tree {
  /** The folder of the contracts below the root; undefined for all that buf.yaml names. */
  readonly input?: string;
  readonly options: PluginOptions;
  /** The hash of the generator. */
  readonly generator: string;
  /** The folder of the code. */
  readonly output: string;
  /** A folder for files that differ from those in `output`. */
  readonly draft: string;
}

/** What there is to do for a tree. */
export interface Plan {
  readonly tree: Tree;
  readonly files: readonly ImageFile[];
  readonly sources: Sources;
  readonly units: readonly Unit[];
  /** The hash of all .proto files together. */
  readonly hash: string;
  /** The generated files that remain as they are. */
  readonly kept: readonly Pick<Output, "path" | "source">[];
  /** The jobs for code that is made from one file each, with its imports. */
  readonly jobs: readonly Job[];
  /** The job for what is made from all files together; undefined if that remains as it is. */
  readonly together: Job | undefined;
}

/** Compiles a tree and finds the code to generate. Returns the errors of the compiler if there are any. */
export async function planTree(root: string, tree: Tree, reuse: boolean): Promise<Plan | string> {
  await mkdir(tree.draft, { recursive: true });
  const { input, output, draft } = tree;
  const record = reuse ? readRecord(output, tree.generator) : noRecord;
  const sources = readSources(root, input);
  const files = await compile({ root, input, sources, known: record.sources, output, draft });
  if (typeof files === "string") return files;
  const units = unitsOf(files);
  const hash = hashOf(files);
  const same = unchangedSources(tree.output, record, { units, hash });
  const affected = units.filter(({ name }) => !same.has(name));
  const jobs = jobsOf(tree, { files, affected });
  const together = same.has(null) ? undefined : jobOfAll(tree, units);
  return { tree, files, sources, units, hash, kept: filesFrom(record, same), jobs, together };
}

function hashOf(files: readonly ImageFile[]): string {
  const hash = createHash("sha256");
  for (const { bytes } of files) hash.update(bytes);
  return hash.digest("hex");
}

function filesFrom({ files }: GenerationRecord, sources: ReadonlySet<string | null>): Plan["kept"] {
  const entries = Object.entries(files).filter(([, [source]]) => sources.has(source));
  return entries.map(([path, [source]]) => ({ path, source: source ?? undefined }));
}

interface Work {
  readonly files: readonly ImageFile[];
  readonly affected: readonly Unit[];
}

function jobsOf({ options, output, draft }: Tree, { files, affected }: Work): Job[] {
  return groupsOf(affected, filesPerJob).map((group) => {
    const context = new Set(group.flatMap((unit) => [...unit.context]));
    const descriptors = files.filter(({ proto }) => context.has(proto.name)).map(({ bytes }) => bytes);
    return { part: "files", names: group.map(({ name }) => name), descriptors, options, output, draft };
  });
}

function jobOfAll({ options, output, draft }: Tree, units: readonly Unit[]): Job {
  return { part: "tree", names: units.map(({ name }) => name), descriptors: [], options, output, draft };
}

function groupsOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
}
