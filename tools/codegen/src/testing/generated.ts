import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CodeGeneratorResponse_File } from "@bufbuild/protobuf/wkt";
import { meshPlugin } from "../plugin/plugin.ts";
import { typescriptPlugin } from "../typescript/plugin.ts";
import { pluginRequest } from "./compile.ts";

/** Ignored by git, and inside of the workspace, so that generated code finds what it imports. */
const scratch = join(import.meta.dirname, "../../dist/tests");

/** All that both plugins generate from contracts. */
export async function generateFiles(files: Readonly<Record<string, string>>): Promise<CodeGeneratorResponse_File[]> {
  const request = await pluginRequest(files);
  return [typescriptPlugin, meshPlugin].flatMap((plugin) => plugin.run(request).file);
}

/** Writes generated code where it can be imported; `dispose` takes it away. */
export async function writeGenerated(files: readonly CodeGeneratorResponse_File[]) {
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, "generated-"));
  for (const { name, content } of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return { folder, dispose: () => rm(folder, { recursive: true, force: true }) };
}
