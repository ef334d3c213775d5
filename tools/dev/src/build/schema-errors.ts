import { existsSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { runWithLowPriority } from "./low-priority.ts";

/** Returns whether a folder has a schema of a database, and migrations. */
export function hasSchema(folder: string): boolean {
  return existsSync(join(folder, "src/schema.ts")) && existsSync(join(folder, "migrations"));
}

/** Returns a message if the schema in a folder differs from its migrations, with the command that writes the next one. */
export async function schemaErrorsOf(root: string, folder: string, signal: AbortSignal): Promise<string[]> {
  const script = join(root, "shared/store/bin/mesh-migration.mjs");
  const { ok, stderr } = await runWithLowPriority([script, basename(folder), "--check"], root, signal);
  return ok ? [] : [`${relative(root, folder)}: ${stderr.trim()}`];
}
