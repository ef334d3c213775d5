import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CodeGeneratorResponse_File } from "@bufbuild/protobuf/wkt";
import { pluginRequest } from "./compile.ts";
import { runPlugins } from "./run-plugins.ts";

const repository = join(import.meta.dirname, "../../..");

/** Git ignores this folder. It is in the workspace, so generated code finds what it imports. */
const scratch = join(repository, "tools/codegen/dist/tests");

/** Returns all files that both plugins generate from contracts, with types that compilers check. */
export async function generateFiles(files: Readonly<Record<string, string>>): Promise<CodeGeneratorResponse_File[]> {
  return runPlugins(await pluginRequest(files), repository);
}

/** Writes generated code to a folder from which it can be imported. `dispose` removes the folder. */
export async function writeGenerated(files: readonly Pick<CodeGeneratorResponse_File, "name" | "content">[]) {
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, "generated-"));
  for (const { name, content } of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return { folder, dispose: () => rm(folder, { recursive: true, force: true }) };
}
