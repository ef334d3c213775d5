import { readFile } from "node:fs/promises";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { readDescriptor } from "../source-info.ts";

/** A compiled .proto file. */
export interface ImageFile {
  readonly proto: FileDescriptorProto;
  /** The whole file as bytes, with its source info. */
  readonly bytes: Uint8Array;
  /** True if the file is only imported, and in no module of buf.yaml. */
  readonly isImport: boolean;
  /** The file as buf wrote it. */
  readonly raw: Uint8Array;
}

/** The field of an image that holds its files. Source: `buf.alpha.image.v1.Image`, a `google.protobuf.FileDescriptorSet`. */
const fileField = 1;
/** The field that buf adds to a file, and its field `is_import`. Source: `buf.alpha.image.v1.ImageFile` */
const bufField = 8042;
const isImportField = 1;

/** Reads what `buf build` wrote: the files in an order in which each follows those that it imports. */
export async function readImage(path: string): Promise<ImageFile[]> {
  return fieldsOf(await readFile(path)).flatMap(({ number, content }) =>
    number === fileField ? [fileOf(content)] : [],
  );
}

/** Returns files as an image. */
export function imageOf(files: readonly ImageFile[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { raw } of files) writer.tag(fileField, WireType.LengthDelimited).bytes(raw);
  return writer.finish();
}

/**
 * Returns the files that buf puts into an image, in buf's order: those of the modules by their names, each after those that
 * it imports.
 */
export function inOrder(files: readonly ImageFile[]): ImageFile[] {
  const byName = new Map(files.map((file) => [file.proto.name, file]));
  const ordered = new Set<ImageFile>();
  const add = (file: ImageFile | undefined): void => {
    if (!file || ordered.has(file)) return;
    for (const name of file.proto.dependency) add(byName.get(name));
    ordered.add(file);
  };
  const own = files.filter(({ isImport }) => !isImport);
  for (const file of own.sort((a, b) => (a.proto.name < b.proto.name ? -1 : 1))) add(file);
  return [...ordered];
}

function fileOf(content: Uint8Array): ImageFile {
  const fields = fieldsOf(content);
  const bytes = join(fields.filter(({ number }) => number !== bufField));
  const added = fields.find(({ number }) => number === bufField);
  const isImport = added !== undefined && fieldsOf(added.content).some(isTrue);
  return { proto: readDescriptor(bytes), bytes, isImport, raw: content };
}

function isTrue({ number, raw }: Field): boolean {
  return number === isImportField && raw.at(-1) === 1;
}

interface Field {
  readonly number: number;
  /** The field with its tag. */
  readonly raw: Uint8Array;
  /** What follows the tag, without the length of a message. */
  readonly content: Uint8Array;
}

function fieldsOf(bytes: Uint8Array): Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    const content = wireType === WireType.LengthDelimited ? reader.bytes() : reader.skip(wireType, number);
    fields.push({ number, raw: bytes.subarray(start, reader.pos), content });
  }
  return fields;
}

function join(fields: readonly Field[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { raw } of fields) writer.raw(raw);
  return writer.finish();
}
