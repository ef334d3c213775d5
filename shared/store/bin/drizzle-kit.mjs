// Runs drizzle-kit, and compares the snapshots of a schema that it writes beside each migration.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

// drizzle-kit exports only its library. The program is in the same folder.
const kit = join(createRequire(import.meta.url).resolve("drizzle-kit"), "../bin.cjs");

/**
 * Writes the next migration of a service to a folder, with drizzle-kit.
 *
 * @param {string} service the folder of the service
 * @param {string} out the folder of its migrations
 * @param {string} name
 * @param {"inherit" | "pipe"} stdio
 */
export function generate(service, out, name, stdio) {
  // drizzle-kit puts "./" before the path, even before an absolute one.
  const path = relative(service, out);
  const flags = ["--dialect=postgresql", "--schema=./src/schema.ts", `--out=${path}`, `--name=${name}`];
  const options = { cwd: service, stdio: [process.stdin.isTTY ? "inherit" : "ignore", stdio, stdio], encoding: "utf8" };
  return spawnSync(process.execPath, [kit, "generate", ...flags], options);
}

/** Returns the snapshot of `src/schema.ts`. @throws Error with the output of drizzle-kit */
export function currentSnapshot(service) {
  const out = mkdtempSync(join(tmpdir(), "mesh-schema-"));
  try {
    const { status, stdout, stderr } = generate(service, out, "current", "pipe");
    const snapshot = lastSnapshot(out);
    // After most errors, too, the exit code is 0. Only an empty schema has this output and no snapshot.
    if (!snapshot && !stdout.includes("No schema changes")) {
      const problem = withoutStack(stderr) || `drizzle-kit ended with ${status} and no error`;
      throw new Error(`src/schema.ts cannot be read:\n${problem}`);
    }
    return snapshot ?? { tables: {} };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function withoutStack(text) {
  const lines = text.split("\n").filter((line) => !/^ +at |^ +name: |^}$/.test(line));
  return lines.join("\n").trim();
}

/** Returns the snapshot after the last migration in a folder, or undefined if there is none. */
export function lastSnapshot(migrations) {
  const last = entriesOf(migrations).at(-1);
  return last && readJson(snapshotFile(migrations, last));
}

/** Returns the migrations in the journal of a folder. */
export function entriesOf(migrations) {
  const journal = join(migrations, "meta/_journal.json");
  return existsSync(journal) ? readJson(journal).entries : [];
}

/** Returns the file of the snapshot after a migration. */
export function snapshotFile(migrations, { idx }) {
  return join(migrations, "meta", `${String(idx).padStart(4, "0")}_snapshot.json`);
}

/** Returns whether two snapshots have the same content. A snapshot may lack sections that are empty. */
export function isSame(one, other) {
  const [left, right] = [one, other].map((snapshot) => JSON.stringify(sorted(sectionsOf(snapshot))));
  return left === right;
}

/** The ids of two snapshots always differ. */
function sectionsOf({ id: _id, prevId: _prevId, version: _version, dialect: _dialect, _meta, ...sections }) {
  return Object.fromEntries(Object.entries(sections).filter(([, section]) => Object.keys(section).length > 0));
}

/** Returns the names that one snapshot has in a section, such as `tables`, and another lacks. */
export function namesOnlyIn(one, other, section) {
  return Object.keys(one[section] ?? {}).filter((name) => !(name in (other[section] ?? {})));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}
