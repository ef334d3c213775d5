import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";

/** An entry of `plugins` in buf.gen.yaml. */
interface PluginEntry {
  readonly local?: string | readonly string[];
  readonly opt?: string | readonly string[];
}

/** The options of both plugins, as buf passes them. */
export interface PluginOptions {
  readonly types: string;
  readonly mesh: string;
}

const programs = {
  types: "tools/codegen/bin/protoc-gen-mesh-types.mjs",
  mesh: "tools/codegen/bin/protoc-gen-mesh.mjs",
};

/** Reads the options of our plugins from buf.gen.yaml. @throws Error if the file does not name one of them */
export async function readPluginOptions(root: string): Promise<PluginOptions> {
  const { plugins = [] }: { plugins?: readonly PluginEntry[] } = parse(
    await readFile(join(root, "buf.gen.yaml"), "utf8"),
  );
  const optionsOf = (program: string) => {
    const entry = plugins.find(({ local }) => [local].flat().includes(program));
    if (!entry) throw new Error(`buf.gen.yaml has no plugin ${program}: add it, see the file in the first commit`);
    return [entry.opt ?? []].flat().join(",");
  };
  return { types: optionsOf(programs.types), mesh: optionsOf(programs.mesh) };
}
