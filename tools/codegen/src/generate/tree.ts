import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { compile } from "./compile.ts";
import type { ImageFile } from "./image.ts";
import type { Job } from "./job.ts";
import type { PluginOptions } from "./plugins.ts";
import { editedSources, type GenerationRecord, noRecord, readRecord } from "./record.ts";
import { changedSince, readSources, type Sources } from "./sources.ts";
import { openApi, type Unit, unitsOf } from "./units.ts";

/**
 * The number of .proto files from which a job gets no further package. It bounds the memory that a thread needs, and how long
 * one thread works when the other has ended.
 */
const filesPerJob = 12;

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

/** What is known of a tree before it is compiled. */
export interface Survey {
  readonly tree: Tree;
  readonly sources: Sources;
  /** The record of the last generation. */
  readonly record: GenerationRecord;
  /** The .proto files whose code was changed or removed since then; null for the code from all together. */
  readonly edited: ReadonlySet<string | null>;
  /** True if all generated code is up to date. */
  readonly isCurrent: boolean;
}

/** What there is to do for a tree. */
export interface Plan {
  readonly survey: Survey;
  /** The compiled files; empty if the tree is current. */
  readonly files: readonly ImageFile[];
  readonly units: readonly Unit[];
  /** The hash of all .proto files together. */
  readonly hash: string;
  /** The generated files that remain as they are. */
  readonly kept: GenerationRecord["files"];
  /** The jobs for code that is made from one file each, with its imports, and for the OpenAPI document. */
  readonly jobs: readonly Job[];
  /** The job for what is made from all files together; undefined if that remains as it is. */
  readonly together: Job | undefined;
}

/** Compares a tree with the last generation, if `reuse` is true. */
export function surveyTree(root: string, tree: Tree, reuse: boolean): Survey {
  const record = reuse ? readRecord(tree.output, tree.generator) : noRecord;
  const sources = readSources(root, tree.input);
  const edited = editedSources(tree.output, record);
  const isCurrent = edited.size === 0 && changedSince(record.sources, sources)?.length === 0;
  return { tree, sources, record, edited, isCurrent };
}

/** Returns the number of jobs that a tree probably has. What depends on changed files is known only when it is compiled. */
export function jobsLikely({ sources, record, isCurrent }: Survey): number {
  if (isCurrent) return 0;
  const changed = changedSince(record.sources, sources) ?? [...sources.paths];
  return Math.max(1, Math.ceil(changed.length / filesPerJob));
}

/** Compiles a tree and finds the code to generate. Returns the errors of the compiler if there are any. */
export async function planTree(root: string, survey: Survey): Promise<Plan | string> {
  const { tree, sources, record, isCurrent } = survey;
  if (isCurrent) {
    return { survey, files: [], units: [], hash: record.tree, kept: record.files, jobs: [], together: undefined };
  }
  const { input, output, draft } = tree;
  await mkdir(draft, { recursive: true });
  const files = await compile({ root, input, sources, known: record.sources, output, draft });
  if (typeof files === "string") return files;
  const units = unitsOf(files);
  const hash = hashOf(files);
  const same = unchangedSources(survey, { units, hash });
  const affected = units.filter(({ name }) => !same.has(name));
  const jobs = jobsOf(tree, { files, units, affected });
  const together = same.has(null) ? undefined : jobOfAll(tree, units);
  return { survey, files, units, hash, kept: filesFrom(record, same), jobs, together };
}

function hashOf(files: readonly ImageFile[]): string {
  const hash = createHash("sha256");
  for (const { bytes } of files) hash.update(bytes);
  return hash.digest("hex");
}

/**
 * Returns the .proto files whose code did not change since the last generation. The item null means the code from all
 * files together.
 */
function unchangedSources({ record, edited }: Survey, { units, hash }: Pick<Plan, "units" | "hash">) {
  const names = units.filter((unit) => record.units[unit.name] === unit.hash).map(({ name }) => name);
  const same = new Set<string | null>(record.tree === hash ? [...names, null] : names);
  // Some code is made from all files of a package.
  const packages = new Set(units.filter(({ name }) => edited.has(name)).map((unit) => unit.package));
  for (const unit of units) if (packages.has(unit.package)) same.delete(unit.name);
  if (edited.has(null)) same.delete(null);
  return same;
}

function filesFrom({ files }: GenerationRecord, sources: ReadonlySet<string | null>): Plan["kept"] {
  return Object.fromEntries(Object.entries(files).filter(([, [source]]) => sources.has(source)));
}

interface Work extends Pick<Plan, "files" | "units"> {
  readonly affected: readonly Unit[];
}

function jobsOf({ options, output, draft }: Tree, { files, units, affected }: Work): Job[] {
  const jobOf = (part: Job["part"], names: readonly string[], group: readonly Unit[]): Job => {
    const context = new Set(group.flatMap((unit) => [...unit.context]));
    const descriptors = files.filter(({ name }) => context.has(name)).map(({ bytes }) => bytes);
    return { part, names: names.filter((name) => context.has(name)), descriptors, options, output, draft };
  };
  const document = affected.filter(({ name }) => name === openApi);
  return [
    ...groupsOf(filesOf(affected)).map((group) => jobOf("files", namesOf(group), group)),
    ...document.map((unit) => jobOf("openapi", namesOf(filesOf(units)), [unit])),
  ];
}

function jobOfAll({ options, output, draft }: Tree, units: readonly Unit[]): Job {
  return { part: "tree", names: namesOf(filesOf(units)), descriptors: [], options, output, draft };
}

function filesOf(units: readonly Unit[]): Unit[] {
  return units.filter(({ name }) => name !== openApi);
}

function namesOf(units: readonly Unit[]): string[] {
  return units.map(({ name }) => name);
}

/** Returns units in groups, of which each has whole packages. */
function groupsOf(units: readonly Unit[]): Unit[][] {
  const packages = new Map<string | undefined, Unit[]>();
  for (const unit of units) packages.set(unit.package, [...(packages.get(unit.package) ?? []), unit]);
  const groups: Unit[][] = [];
  for (const members of packages.values()) {
    const last = groups.at(-1);
    if (last && last.length < filesPerJob) last.push(...members);
    else groups.push([...members]);
  }
  return groups;
}
