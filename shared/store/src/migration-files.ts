import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as z from "zod";

/** A migration in a file that drizzle-kit wrote. */
export interface Migration {
  /** The name of the file: `0001_add_discounts.sql`. */
  readonly file: string;
  readonly statements: readonly string[];
  /** The SHA-256 of the file as it is, which Drizzle's own migrator records too. */
  readonly hash: string;
  /** The SHA-256 of the file with either line end, because Git may change them. */
  readonly hashes: readonly string[];
  /** Identifies it: the time of its creation, in milliseconds since the epoch. */
  readonly createdAt: number;
  /** Whether it has a transaction: not if one of the comments at its start is `-- no transaction`. */
  readonly isTransaction: boolean;
}

const journal = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.number() })) });

/** `drizzle-kit generate --custom` begins a file with another comment. */
const noTransaction = /^\uFEFF?(?:[ \t]*(?:--[^\n]*)?\n)*--[ \t]*no[ -]transaction[ \t]*(?:\n|$)/i;

/**
 * Reads the migrations of a folder, in the order of its `meta/_journal.json`.
 *
 * @throws Error if a file is missing, or if two have the same time
 */
export async function readMigrations(folder: URL): Promise<Migration[]> {
  const base = folder.href.endsWith("/") ? folder : new URL(`${folder.href}/`);
  const { entries } = journal.parse(JSON.parse(await readText(new URL("meta/_journal.json", base))));
  const migrations = await Promise.all(
    entries.map(async ({ tag, when }) => {
      const text = await readText(new URL(`${encodeURIComponent(tag)}.sql`, base));
      return migrationOf(`${tag}.sql`, text, when);
    }),
  );
  checkTimes(migrations);
  return migrations;
}

function migrationOf(file: string, text: string, createdAt: number): Migration {
  const unix = text.replaceAll("\r\n", "\n");
  return {
    file,
    // PostgreSQL rejects the byte order mark that some editors write.
    statements: text.replace(/^\uFEFF/, "").split("--> statement-breakpoint"),
    hash: hashOf(text),
    hashes: [text, unix, unix.replaceAll("\n", "\r\n")].map(hashOf),
    createdAt,
    isTransaction: !noTransaction.test(unix),
  };
}

async function readText(file: URL): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new Error(`${fileURLToPath(file)} can't be read; "npm run migration" writes migrations`, { cause });
  });
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function checkTimes(migrations: readonly Migration[]): void {
  for (const [at, { file, createdAt }] of migrations.entries()) {
    const other = migrations.slice(0, at).find((earlier) => earlier.createdAt === createdAt);
    if (other)
      throw new Error(`${other.file} and ${file} have the same time in meta/_journal.json: change "when" of one`);
  }
}
