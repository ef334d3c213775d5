import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readDeclarations } from "./declarations.ts";
import { explained, isVague } from "./suggestion.ts";

/** Returns a complaint of buf with the likely fix, by the file, line and column (from 1) that it is about. */
export type Explain = (file: string, row: number, column: number, complaint: string) => string;

/** Reads all .proto files below a folder, to explain complaints about them. */
export async function explainer(root: string): Promise<Explain> {
  const names = await readdir(root, { recursive: true }).catch(() => []);
  const paths = names.filter((path) => path.endsWith(".proto") && !/(?:^|[\\/])node_modules[\\/]/.test(path));
  const sources = new Map(
    await Promise.all(paths.map(async (path) => [path, await readFile(join(root, path), "utf8")] as const)),
  );
  const declarations = readDeclarations(sources.values());
  return (file, row, column, complaint) => {
    const source = sources.get(file);
    if (source === undefined || !isVague(complaint)) return complaint;
    const lines = source.split("\n");
    const at = lines.slice(0, row - 1).join("\n").length + (row > 1 ? 1 : 0) + column - 1;
    return explained(complaint, source.slice(0, at), source.slice(at), declarations);
  };
}
