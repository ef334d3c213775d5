import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { Refusal } from "./refusal.ts";

/** A piece of a file that becomes another text; offsets are those of the file as it was. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Changes of files that are not written yet. Paths are relative to the root and have slashes. */
export interface Draft {
  readonly root: string;
  readonly created: ReadonlyMap<string, string>;
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  /** A file as it is. @throws Refusal where it is not there */
  read(path: string): Promise<string>;
  /** @throws Refusal where there is one already */
  create(path: string, text: string): void;
  /** The same edit twice counts once: two things may need the same import. */
  edit(path: string, ...edits: readonly Edit[]): void;
  /** Writes all; answers what undoes it. */
  write(): Promise<() => Promise<void>>;
}

/** Starts with nothing changed. */
export function createDraft(root: string): Draft {
  const created = new Map<string, string>();
  const edits = new Map<string, Edit[]>();
  return {
    root,
    created,
    edits,
    read: (path) => readFile(join(root, path), "utf8").catch(() => Promise.reject(new Refusal(`${path} is missing`))),
    create(path, text) {
      if (existsSync(join(root, path))) throw new Refusal(`${path} is there already: nothing was changed`);
      created.set(path, text);
    },
    edit(path, ...more) {
      const list = edits.get(path) ?? [];
      for (const one of more) if (!list.some((other) => isDeepStrictEqual(one, other))) list.push(one);
      edits.set(path, list);
    },
    write: () => write(root, created, edits),
  };
}

async function write(
  root: string,
  created: ReadonlyMap<string, string>,
  edits: ReadonlyMap<string, readonly Edit[]>,
): Promise<() => Promise<void>> {
  const before = new Map<string, string>();
  for (const path of edits.keys()) before.set(path, await readFile(join(root, path), "utf8"));
  const folders = [...created.keys()].map((path) => firstMissing(join(root, path)));
  const undo = async () => {
    for (const [path, text] of before) await writeFile(join(root, path), text);
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const [path, text] of created) await save(join(root, path), text);
    for (const [path, text] of before) await save(join(root, path), applied(text, edits.get(path) ?? []));
  } catch (error) {
    await undo();
    throw error;
  }
  return undo;
}

/** The outermost thing that has to be made for a file. */
function firstMissing(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) ? path : firstMissing(parent);
}

async function save(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Edits at the same place follow one another in their order. */
function applied(text: string, edits: readonly Edit[]): string {
  const ordered = edits.toSorted((a, b) => a.start - b.start);
  let [result, at] = ["", 0];
  for (const edit of ordered) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
