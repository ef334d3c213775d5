import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { create, createFileRegistry, type DescFile } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { type CodeGeneratorRequest, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { filesToGenerate } from "../../src/files.ts";
import { tidy } from "../../src/generate/buf.ts";
import { runPlugins } from "../run-plugins.ts";
import { loadModules } from "./load-modules.ts";
import { roundTripProblems } from "./round-trip.ts";
import { compilerErrors } from "./type-check.ts";

/** The result of trying a tree. */
export interface Outcome {
  readonly files: number;
  readonly messages: number;
  /** One line per problem. */
  readonly problems: readonly string[];
  /** The duration of each step in milliseconds. */
  readonly took: Readonly<Record<string, number>>;
}

/**
 * Generates code for contracts, compiles it, imports every module, and sends samples of all messages there and back.
 *
 * @param repository the folder whose packages the generated code imports
 * @param onStep called at the start of each step
 */
export async function tryTree(
  request: CodeGeneratorRequest,
  repository: string,
  onStep: (step: string) => void = () => undefined,
): Promise<Outcome> {
  const took: Record<string, number> = {};
  const measured = async <T>(step: string, run: () => T | Promise<T>): Promise<T> => {
    const start = performance.now();
    onStep(`${step} ${files.length} files`);
    try {
      return await run();
    } finally {
      took[step] = Math.round(performance.now() - start);
    }
  };
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: request.protoFile }));
  const names = new Set(request.fileToGenerate);
  const asked = [...registry.files].filter((file) => names.has(file.proto.name));
  const files = filesToGenerate(asked, [...registry.files]);
  const messages = asked.flatMap((file) => [...nestedTypes(file)]).filter(({ kind }) => kind === "message").length;
  const folder = await scratchFolder(repository);
  try {
    const generated = await measured("generate", () => generateCode(request, repository));
    if (typeof generated === "string") {
      return { files: asked.length, messages, problems: (await tidy(repository, generated)).split("\n"), took };
    }
    await writeAll(folder, generated);
    const types = await measured("compile", () => compilerErrors(folder, repository));
    const values = await measured("try", () => triedOut(folder, files));
    return { files: asked.length, messages, problems: [...types.split("\n").filter(Boolean), ...values], took };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function triedOut(folder: string, files: readonly DescFile[]): Promise<string[]> {
  try {
    const modules = await loadModules(folder);
    return files.flatMap((file) => roundTripProblems(file, modules));
  } catch (error) {
    return [`the modules can't be imported: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function generateCode(request: CodeGeneratorRequest, repository: string): { name: string; content: string }[] | string {
  try {
    // The authors of a tree can't be asked to name their services.
    return runPlugins({ ...request, parameter: `${request.parameter},others=*` }, repository);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Creates a folder that git ignores. It is in the workspace, so that generated code finds what it imports. */
async function scratchFolder(repository: string): Promise<string> {
  const scratch = join(repository, "tools/codegen/dist/tests");
  await mkdir(scratch, { recursive: true });
  return mkdtemp(join(scratch, "tree-"));
}

async function writeAll(folder: string, files: readonly { name: string; content: string }[]): Promise<void> {
  for (const { name, content } of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}
