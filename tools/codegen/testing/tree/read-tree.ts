import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { create, fromBinary } from "@bufbuild/protobuf";
import { type CodeGeneratorRequest, CodeGeneratorRequestSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { runBuf } from "../../src/generate/buf.ts";
import { dependencies } from "../../src/generate/dependencies.ts";

/** Contracts of others. */
export interface Tree {
  /** The folders in which imports start: `googleapis` for google/api/http.proto. Several form one tree. */
  readonly folders: readonly string[];
  /** The starts of the paths to generate code for: `google/api/`. If empty, code is generated for all files. */
  readonly only: readonly string[];
}

/** Compiles a tree to the request that buf would send to a plugin. @throws Error with the errors of buf */
export async function readTree({ folders, only }: Tree): Promise<CodeGeneratorRequest> {
  const workspace = await mkdtemp(join(tmpdir(), "mesh-tree-"));
  try {
    const modules = await Promise.all(folders.map((folder, index) => copyModule(folder, workspace, `tree${index}`)));
    modules.push(await writeBrought(folders, workspace));
    const list = modules.map((name) => `  - path: ${name}\n`).join("");
    await writeFile(join(workspace, "buf.yaml"), `version: v2\nmodules:\n${list}`);
    const image = join(workspace, "image.binpb");
    const paths = only.length === 0 ? [] : await pathsOf(workspace, modules, only);
    const errors = await runBuf(workspace, ["build", "--as-file-descriptor-set", "--output", image, ...paths]);
    if (errors) throw new Error(errors.replaceAll(/^tree(\d+)/gm, (copy, index) => folders[index] ?? copy));
    const { file } = fromBinary(FileDescriptorSetSchema, await readFile(image));
    const own = file.map(({ name }) => name).filter((name) => folders.some((folder) => existsSync(join(folder, name))));
    const fileToGenerate = own.filter((name) => only.length === 0 || only.some((path) => name.startsWith(path)));
    if (fileToGenerate.length === 0) throw new Error(nothingFound);
    return create(CodeGeneratorRequestSchema, { fileToGenerate, protoFile: file, parameter });
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

const nothingFound = "found no .proto to generate: check --only and the folders";
const parameter = "sources=../proto";

/** Returns the arguments that limit buf to the files to generate and what they import: errors in others do not count. */
async function pathsOf(workspace: string, modules: readonly string[], only: readonly string[]): Promise<string[]> {
  const found = modules.map(async (name) => {
    const files = (await readdir(join(workspace, name), { recursive: true })).filter((path) => path.endsWith(".proto"));
    return files.filter((path) => only.some((start) => path.startsWith(start))).map((path) => join(name, path));
  });
  const paths = (await Promise.all(found)).flat();
  if (paths.length === 0) throw new Error(nothingFound);
  return paths.flatMap((path) => ["--path", path]);
}

/** Copies a folder without its buf.yaml, which may name modules that only a registry has. */
async function copyModule(folder: string, workspace: string, name: string): Promise<string> {
  const isNeeded = (path: string) => !/\/(\.git|\.deps|node_modules|buf\.(?!proto$)[\w.]+)$/.test(path);
  await cp(resolve(folder), join(workspace, name), { recursive: true, filter: isNeeded });
  return name;
}

/** Writes the files that come from npm and are not in the tree. */
async function writeBrought(folders: readonly string[], workspace: string): Promise<string> {
  const name = "brought";
  await mkdir(join(workspace, name));
  for (const [path, source] of Object.entries(await dependencies())) {
    if (folders.some((folder) => existsSync(join(folder, path)))) continue;
    await mkdir(dirname(join(workspace, name, path)), { recursive: true });
    await writeFile(join(workspace, name, path), source);
  }
  return name;
}
