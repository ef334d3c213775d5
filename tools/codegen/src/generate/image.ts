import { readFile } from "node:fs/promises";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { readDescriptor } from "../source-info.ts";

/** A compiled .proto file. */
export class ImageFile {
  /** `orders/v1/orders.proto` */
  readonly name: string;
  readonly package: string;
  /** The names of the files that it imports. */
  readonly dependencies: readonly string[];
  /** The whole file as bytes, with its source info. */
  readonly bytes: Uint8Array;
  /** True if the file is only imported, and in no module of buf.yaml. */
  readonly isImport: boolean;
  /** The file as it is in an image, with what buf added to it. */
  readonly raw: Uint8Array;
  #proto: FileDescriptorProto | undefined;

  constructor(raw: Uint8Array) {
    this.raw = raw;
    const fields = fieldsOf(raw);
    const contents = (wanted: number) => fields.flatMap(({ number, content }) => (number === wanted ? [content] : []));
    const [name = "", ...dependencies] = [...contents(nameField), ...contents(dependencyField)].map(text);
    this.name = name;
    this.package = contents(packageField).map(text)[0] ?? "";
    this.dependencies = dependencies;
    this.bytes = join(fields.filter(({ number }) => number !== bufField));
    this.isImport = contents(bufField).some((added) => fieldsOf(added).some(isTrue));
  }

  /** The descriptor, which is read when it is first needed. */
  get proto(): FileDescriptorProto {
    return this.read();
  }

  /** Reads the descriptor, which takes most of the time to read an image. */
  read(): FileDescriptorProto {
    this.#proto ??= readDescriptor(this.bytes);
    return this.#proto;
  }
}

/** The field of an image that holds its files. Source: `buf.alpha.image.v1.Image`, a `google.protobuf.FileDescriptorSet`. */
const fileField = 1;
/** The field that buf adds to a file, and its field `is_import`. Source: `buf.alpha.image.v1.ImageFile` */
const bufField = 8042;
const isImportField = 1;
/** The numbers of fields of a file. Source: google/protobuf/descriptor.proto */
const [nameField, packageField, dependencyField] = [1, 2, 3];

/** Reads what `buf build` wrote: the files in an order in which each follows those that it imports. */
export async function readImage(path: string): Promise<ImageFile[]> {
  return fieldsOf(await readFile(path)).flatMap(({ number, content }) =>
    number === fileField ? [new ImageFile(content)] : [],
  );
}

/** Returns files as an image. */
export function imageOf(files: readonly ImageFile[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const file of files) writer.tag(fileField, WireType.LengthDelimited).bytes(file.raw);
  return writer.finish();
}

/**
 * Returns the files that buf puts into an image, in buf's order: those of the modules by their names, each after those that
 * it imports.
 */
export function inOrder(files: readonly ImageFile[]): ImageFile[] {
  const byName = new Map(files.map((file) => [file.name, file]));
  const ordered = new Set<ImageFile>();
  const add = (file: ImageFile | undefined): void => {
    if (!file || ordered.has(file)) return;
    for (const name of file.dependencies) add(byName.get(name));
    ordered.add(file);
  };
  const own = files.filter(({ isImport }) => !isImport);
  for (const file of own.sort((a, b) => (a.name < b.name ? -1 : 1))) add(file);
  return [...ordered];
}

function text(content: Uint8Array): string {
  return Buffer.from(content).toString("utf8");
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
