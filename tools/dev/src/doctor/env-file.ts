import { existsSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { nearest } from "@mesh/codegen/generate/nearest";
import { loadEnvFile, readDevSettings } from "../mesh/settings.ts";
import { type Check, fail, pass, reasonOf, warn } from "./check.mjs";

/** Folders whose sources read settings. */
const readers = ["shared", "tools", "services", "gateway", "web"];

/** Variables that other programs read. */
const foreign = /^(OTEL|NODE|npm|PG|SSL|TURBO|VITE)_|^(NO_COLOR|FORCE_COLOR|PATH|TZ)$/;

/** Checks the settings of development: those in the file .env, and their values. */
export async function checkEnvFile(root: string): Promise<Check> {
  const file = join(root, ".env");
  try {
    const names = existsSync(file) ? Object.keys(parseEnv(readFileSync(file, "utf8"))) : [];
    loadEnvFile(root);
    readDevSettings();
    const [unknown] = await unknownAmong(names, root);
    if (unknown) return unknown;
    return pass(
      "Settings",
      names.length > 0 ? `${names.length} in .env, no unknown name` : "no file .env, which is fine",
    );
  } catch (error) {
    // The message of a SettingsError has a line for each wrong setting, after the first.
    const [first = "", ...others] = error instanceof Error ? error.message.split("\n") : [String(error)];
    return fail(
      "Settings",
      others[0]?.trim() ?? reasonOf(first),
      "correct it in .env or in the shell: docs/settings.md",
    );
  }
}

async function unknownAmong(names: readonly string[], root: string): Promise<Check[]> {
  if (names.length === 0) return [];
  const known = await namesIn(root);
  const isKnown = (name: string) =>
    known.has(name) ||
    known.has(name.replace(/_FILE$/, "")) ||
    /_DATABASE_URL(_FILE)?$/.test(name) ||
    foreign.test(name);
  return names
    .filter((name) => !isKnown(name))
    .map((name) => {
      const similar = nearest(name, known);
      const fix = similar
        ? `write ${similar}, or remove it from .env`
        : "remove it from .env: docs/settings.md has all names";
      return warn("Settings", `${name} in .env is no setting`, fix);
    });
}

/** Returns the words in capital letters in all sources, among which are the names of all settings. */
async function namesIn(root: string): Promise<Set<string>> {
  const names = new Set<string>();
  for (const reader of readers) {
    const files = await readdir(join(root, reader), { recursive: true }).catch(() => []);
    const sources = files.filter(
      (file) => /\.(ts|mjs)$/.test(file) && !/node_modules|\.test\.|\bdist\b|\bgen\b|\.mesh/.test(file),
    );
    for (const file of sources) {
      const text = await readFile(join(root, reader, file), "utf8");
      for (const [name] of text.matchAll(/\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)*\b/g)) names.add(name);
    }
  }
  return names;
}
