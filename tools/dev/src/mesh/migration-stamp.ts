import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * Returns a text that changes with the migrations in a folder, and its subfolders. Undefined while a migration is being
 * written: drizzle-kit writes the journal before the SQL.
 */
export function stampOf(folder: string): string | undefined {
  if (!existsSync(folder)) return "";
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const journals = files.filter((file) => basename(file) === "_journal.json").map((file) => join(folder, file));
  if (!journals.every(isComplete)) return undefined;
  const stamps = files.filter((file) => file.endsWith(".sql")).map((file) => stampOfFile(folder, file));
  return [...stamps, ...journals.map((journal) => readFileSync(journal, "utf8"))].join("\n");
}

function stampOfFile(folder: string, file: string): string {
  const { mtimeMs, size } = statSync(join(folder, file));
  return `${file} ${mtimeMs} ${size}`;
}

/** Returns whether each migration in a journal has its file. */
function isComplete(journal: string): boolean {
  try {
    const { entries }: { entries: readonly { tag: string }[] } = JSON.parse(readFileSync(journal, "utf8"));
    return entries.every(({ tag }) => existsSync(join(dirname(journal), "..", `${tag}.sql`)));
  } catch {
    return false;
  }
}
