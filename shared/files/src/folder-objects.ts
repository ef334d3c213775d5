import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { MeshError } from "@mesh/contracts";
import { checkedKey } from "./key.ts";
import type { ByteRange, ObjectFacts, Objects, PutOptions } from "./objects.ts";
import { readTrailer, trailerOf } from "./trailer.ts";

/** How many bytes of a file are read together. */
const readBytes = 64 * 1024;

/** The age at which a draft is one of a process that has ended, in milliseconds. */
const abandonedMs = 60 * 60 * 1_000;

/**
 * Keeps objects in a folder of this machine, or of a disk that all replicas of a service have. Each is a file: its bytes, and behind
 * them what is known of it. A file is written as a draft and renamed when all of it is on the disk.
 *
 * @param folder made when the first object is written
 *
 * @example
 * ```ts
 * import { folderObjects } from "@mesh/files";
 *
 * const objects = folderObjects("/tmp/pictures");
 * async function* bytes() {
 *   yield new TextEncoder().encode("hello");
 * }
 * const { size } = await objects.put("notes/1", bytes(), { contentType: "text/plain", maxBytes: 100 });
 * ```
 */
export function folderObjects(folder: string): Objects {
  const drafts = join(folder, ".drafts");
  const fileOf = (key: string) => `${join(folder, checkedKey(key))}.object`;
  let cleaned: Promise<void> | undefined;

  async function openDraft(): Promise<{ path: string; file: FileHandle }> {
    await mkdir(drafts, { recursive: true });
    cleaned ??= removeAbandoned(drafts);
    await cleaned;
    const path = join(drafts, randomUUID());
    return { path, file: await open(path, "wx") };
  }

  async function head(key: string): Promise<ObjectFacts | undefined> {
    const file = await openIfThere(fileOf(key));
    return file && readTrailer(file).finally(() => file.close());
  }

  return {
    async put(key, chunks, options) {
      const target = fileOf(key);
      const { path, file } = await openDraft();
      try {
        const facts = await write(file, chunks, options).finally(() => file.close());
        await mkdir(dirname(target), { recursive: true });
        options.signal?.throwIfAborted();
        await rename(path, target);
        await syncFolder(dirname(target));
        return facts;
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
    async get(key, range = { start: 0 }) {
      const facts = await head(key);
      return facts && { ...facts, chunks: read(fileOf(key), range, facts) };
    },
    head,
    async delete(key) {
      await rm(fileOf(key), { force: true });
    },
  };
}

async function write(
  file: FileHandle,
  chunks: AsyncIterable<Uint8Array>,
  { contentType, maxBytes, signal }: PutOptions,
): Promise<ObjectFacts> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge(maxBytes);
    hash.update(chunk);
    await writeAll(file, chunk);
  }
  const facts = { contentType, size, etag: hash.digest("base64url") };
  await writeAll(file, trailerOf(facts));
  await file.sync();
  return facts;
}

/** A system may write fewer bytes than it is given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) at += (await file.write(bytes, at)).bytesWritten;
}

function tooLarge(maxBytes: number): MeshError {
  return new MeshError({ code: "OUT_OF_RANGE", message: `the object is larger than ${maxBytes} bytes` });
}

/** Reads a part of a file, which is open only as long as the loop runs. */
async function* read(
  path: string,
  { start, end }: ByteRange,
  { size, etag }: ObjectFacts,
): AsyncGenerator<Uint8Array, void> {
  const file = await open(path, "r");
  try {
    if ((await readTrailer(file)).etag !== etag) throw new Error("an object was replaced before it was read");
    const stop = Math.min(end ?? size, size);
    for (let at = start; at < stop; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(readBytes, stop - at)), { position: at });
      if (bytesRead === 0) throw new Error("the file of an object became shorter while it was read");
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Makes sure that a file is still there under its new name after the machine has lost power. */
async function syncFolder(path: string): Promise<void> {
  // Windows opens no folders.
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().finally(() => folder.close());
}

async function removeAbandoned(drafts: string): Promise<void> {
  for (const name of await readdir(drafts)) {
    const path = join(drafts, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs < Date.now() - abandonedMs) await rm(path, { force: true });
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
