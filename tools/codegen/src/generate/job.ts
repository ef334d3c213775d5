import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { create } from "@bufbuild/protobuf";
import {
  type CodeGeneratorRequest,
  CodeGeneratorRequestSchema,
  type CodeGeneratorResponse_File,
  type FileDescriptorProto,
} from "@bufbuild/protobuf/wkt";
import { documentPath } from "../json-schema/document.ts";
import { type Part, runMeshPlugin } from "../plugin/plugin.ts";
import { ContractError } from "../problem.ts";
import type { Verdicts } from "../schema/needed.ts";
import type { LinkedContracts } from "../ts-proto/contracts.ts";
import { runTypesPlugin } from "../ts-proto/plugin.ts";
import type { PluginOptions } from "./plugins.ts";
import { SharedParts } from "./shared.ts";
import { openApi } from "./units.ts";

/** A part of a generation. */
export interface Job {
  readonly part: Exclude<Part, "all">;
  readonly options: PluginOptions;
  /** The names of the .proto files. */
  readonly names: readonly string[];
  /**
   * The files with all that they depend on, each a `google.protobuf.FileDescriptorProto` as bytes, for a thread; empty if the
   * job runs where the files have been read.
   */
  readonly descriptors: readonly Uint8Array[];
  /** The folder of the code, which is only read. */
  readonly output: string;
  /** The folder for the code that differs from that in `output`. */
  readonly draft: string;
}

/** A generated file. */
export interface Output {
  /** The path below the output folder. */
  readonly path: string;
  /** The name of the unit that it is generated from; undefined if from all. */
  readonly source: string | undefined;
  /** True if it differs from the file in the output folder. */
  readonly isChanged: boolean;
}

/** The result of a job. */
export interface JobResult {
  readonly outputs: readonly Output[];
  /** The errors, one per line; undefined if there are none. */
  readonly errors?: string;
  /** True if these errors probably follow from others. */
  readonly areSecondary?: boolean;
}

/**
 * Generates code. Writes the files that change to the draft folder.
 *
 * @param shared what it has in common with other jobs
 * @param protoFile the files with all that they depend on, in an order in which each follows those that it imports;
 *   default: those of the job
 */
export function runJob(
  job: Job,
  shared: SharedParts = new SharedParts(),
  protoFile: FileDescriptorProto[] = shared.read(job),
): JobResult {
  const request = create(CodeGeneratorRequestSchema, { fileToGenerate: [...job.names], protoFile });
  const sourceOf = job.part === "files" ? sourcesOf(request) : () => (job.part === "openapi" ? openApi : undefined);
  try {
    const files = runPlugins(request, job, shared.verdictsOf(job));
    return { outputs: writeDrafts(job, files).map((output) => ({ ...output, source: sourceOf(output.path) })) };
  } catch (error) {
    // The document is made without checks.
    const areSecondary = job.part === "openapi" || (error instanceof ContractError && error.isSecondary);
    return { outputs: [], errors: error instanceof Error ? error.message : String(error), areSecondary };
  }
}

function runPlugins(
  request: CodeGeneratorRequest,
  { part, options, names }: Job,
  verdicts: Verdicts,
): CodeGeneratorResponse_File[] {
  let linked: LinkedContracts | undefined;
  const keep = (contracts: LinkedContracts) => {
    linked = contracts;
  };
  const ofMesh = runMeshPlugin({ ...request, parameter: options.mesh }, part, { verdicts, keep }).file;
  if (part !== "files") return ofMesh;
  const wanted = new Set(names);
  const types = { ...request, parameter: options.types };
  return [...ofMesh, ...runTypesPlugin(types, { isWanted: (name) => wanted.has(name), linked }).file];
}

function writeDrafts({ output, draft }: Job, files: readonly CodeGeneratorResponse_File[]): Omit<Output, "source">[] {
  // A first generation has nothing to compare with.
  const isFirst = !existsSync(output);
  const folders = new Set<string>();
  return files.map(({ name: path, content }) => {
    const isChanged = isFirst || contentOf(join(output, path)) !== content;
    if (isChanged) writeDraft(join(draft, path), content, folders);
    return { path, isChanged };
  });
}

function contentOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, "utf8") : undefined;
}

/** Writes a file. @param folders those that exist, to which its folder is added */
function writeDraft(path: string, content: string, folders: Set<string>): void {
  const folder = dirname(path);
  if (!folders.has(folder)) mkdirSync(folder, { recursive: true });
  folders.add(folder);
  writeFileSync(path, content);
}

/** Returns a function that finds the .proto file of a generated file by its path. */
function sourcesOf({ fileToGenerate, protoFile }: CodeGeneratorRequest): (path: string) => string | undefined {
  const wanted = new Set(fileToGenerate);
  // What is made from a package counts as from one of its files, which are all generated together.
  const packages = protoFile
    .filter(({ name }) => wanted.has(name))
    .map((file) => [documentPath(file.package), file.name] as const);
  const documents = new Map(
    packages.flatMap(([path, name]) => [`${path}.json`, `${path}.d.ts`].map((one) => [one, name])),
  );
  // The longest first: the prefix of a.proto is also one of what is generated from a.b.proto.
  const modules = fileToGenerate
    .map((name) => ({ name, prefix: `${name.replace(/\.proto$/, "")}.` }))
    .sort((a, b) => b.prefix.length - a.prefix.length);
  return (path) => documents.get(path) ?? modules.find(({ prefix }) => path.startsWith(prefix))?.name;
}
