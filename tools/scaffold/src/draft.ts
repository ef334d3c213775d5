import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { GeneratorError } from "./generator-error.ts";

/** A replacement of a part of a file. Offsets refer to the original text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Changes of files that are not written yet. Paths are relative to the root and use slashes. */
export interface Draft {
  readonly root: string;
  readonly created: ReadonlyMap<string, string>;
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
  /** Reads a file without the pending changes. @throws GeneratorError if it does not exist */
  read(path: string): Promise<string>;
  /** Adds a new file. @throws GeneratorError if it exists */
  create(path: string, text: string): void;
  /** Adds edits of a file. Equal edits count once, because two changes may need the same import. */
  edit(path: string, ...edits: readonly Edit[]): void;
  /** Writes all changes. Returns a function that undoes them. */
  write(): Promise<() => Promise<void>>;
}

/** Creates an empty draft. */
export function createDraft(root: string): Draft {
  const created = new Map<string, string>();
  const edits = new Map<string, Edit[]>();
  return {
    root,
    created,
    edits,
    read: (path) =>
      readFile(join(root, path), "utf8").catch(() => Promise.reject(new GeneratorError(`${path} does not exist`))),
    create(path, text) {
      if (existsSync(join(root, path))) throw new GeneratorError(`${path} already exists: nothing was changed`);
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
    for (const [path, text] of before) await save(join(root, path), applyEdits(text, edits.get(path) ?? []));
  } catch (error) {
    await undo();
    throw error;
  }
  return undo;
}

/** Returns the outermost folder that must be created for a file, or the file itself. */
function firstMissing(path: string): string {
  const parent = dirname(path);
  return existsSync(parent) ? path : firstMissing(parent);
}

async function save(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

/** Applies edits to a text. Edits at the same offset keep their order. */
function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = edits.toSorted((a, b) => a.start - b.start);
  let [result, at] = ["", 0];
  for (const edit of ordered) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
