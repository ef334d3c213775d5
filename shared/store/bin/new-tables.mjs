import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { entriesOf, generate, lastSnapshot, namesOnlyIn, snapshotFile } from "./drizzle-kit.mjs";

/**
 * Writes a migration that drops the removed tables that no commit has, such as the example of a new service, and that does
 * not ask if other tables are their new names. Returns whether it applies.
 */
export function dropNewTables({ folder, migrations, name, current, last }) {
  const committed = committedSnapshot(migrations) ?? { tables: {} };
  const dropped = namesOnlyIn(last, current, "tables").filter((table) => !(table in committed.tables));
  if (dropped.length === 0 || namesOnlyIn(current, last, "tables").length === 0) return false;
  const draft = mkdtempSync(join(tmpdir(), "mesh-migration-"));
  try {
    cpSync(migrations, draft, { recursive: true });
    forget(draft, dropped);
    generate(folder, draft, name, "pipe");
    const added = entriesOf(draft).slice(entriesOf(migrations).length);
    for (const entry of added) adopt({ draft, migrations, entry, dropped: dropped.map((table) => last.tables[table]) });
    return added.length > 0;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Removes tables from the last snapshot, so that drizzle-kit does not see that they are gone. */
function forget(draft, tables) {
  const file = snapshotFile(draft, entriesOf(draft).at(-1));
  const snapshot = JSON.parse(readFileSync(file, "utf8"));
  for (const table of tables) delete snapshot.tables[table];
  writeFileSync(file, JSON.stringify(snapshot));
}

/** Moves a migration to its folder, and drops the tables in it. Last, because others may lose their references first. */
function adopt({ draft, migrations, entry, dropped }) {
  const file = `${entry.tag}.sql`;
  const drops = dropped.map(({ schema, name }) => `DROP TABLE ${schema ? `"${schema}".` : ""}"${name}" CASCADE;`);
  const statements = [readFileSync(join(draft, file), "utf8"), ...drops].join("\n--> statement-breakpoint\n");
  writeFileSync(join(migrations, file), statements);
  const snapshot = snapshotFile(draft, entry);
  for (const path of ["_journal.json", basename(snapshot)])
    cpSync(join(draft, "meta", path), join(migrations, "meta", path));
  process.stdout.write(`wrote migrations/${file}, which drops ${dropped.map((table) => table.name).join(", ")}\n`);
}

/** Returns the snapshot after the last migration that Git has, or undefined. Without Git, every migration counts. */
function committedSnapshot(migrations) {
  const { status, stdout } = spawnSync("git", ["ls-files", "meta"], { cwd: migrations, encoding: "utf8" });
  if (status !== 0) return lastSnapshot(migrations);
  const tracked = new Set(stdout.split("\n").map((path) => basename(path)));
  const last = entriesOf(migrations).findLast((entry) => tracked.has(basename(snapshotFile(migrations, entry))));
  return last && existsSync(snapshotFile(migrations, last)) ? lastOf(migrations, last) : undefined;
}

function lastOf(migrations, entry) {
  return JSON.parse(readFileSync(snapshotFile(migrations, entry), "utf8"));
}
