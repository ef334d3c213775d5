import type { FileHandle } from "node:fs/promises";
import type { ObjectFacts } from "./objects.ts";

/** The last bytes of each file: the length of what is known of its object, as an unsigned integer. */
const lengthBytes = 4;

/** Returns what follows the bytes of an object in its file. One file has all, so that one rename makes the object. */
export function trailerOf(facts: ObjectFacts): Uint8Array {
  const text = Buffer.from(JSON.stringify(facts));
  const length = Buffer.alloc(lengthBytes);
  length.writeUInt32BE(text.length);
  return Buffer.concat([text, length]);
}

/** Reads what is known of an object from the end of its file. @throws Error if the file is not one of ours */
export async function readTrailer(file: FileHandle): Promise<ObjectFacts> {
  const { size: whole } = await file.stat();
  const length = (await readAt(file, whole - lengthBytes, lengthBytes)).readUInt32BE();
  const end = whole - lengthBytes - length;
  const facts: ObjectFacts = JSON.parse((await readAt(file, end, length)).toString());
  if (facts.size !== end) throw new Error(`the file of an object has ${end} bytes of it, not ${facts.size}`);
  return facts;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  if (position < 0) throw new Error("the file of an object is too short");
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), { position });
  if (bytesRead < length) throw new Error("the file of an object is too short");
  return buffer;
}
