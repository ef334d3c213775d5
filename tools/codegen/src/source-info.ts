import { type AnyDesc, create, type DescFile, fromBinary, toBinary } from "@bufbuild/protobuf";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type SourceCodeInfo,
  SourceCodeInfoSchema,
} from "@bufbuild/protobuf/wkt";

type Declared = Exclude<AnyDesc, DescFile>;

/** Returns the path of a declaration in the descriptor of its file: numbers of fields and indices in lists. */
export function sourcePath(desc: Declared): readonly number[] {
  return pathOf(desc).split(".").map(Number);
}

/**
 * Returns the path of a declaration as a text: `4.0.2.1`. Paths are cached, because a search in a file of thousands of
 * declarations takes long, and the path of each one is needed.
 */
export function pathOf(desc: Declared): string {
  const known = paths.get(desc);
  if (known) return known;
  const { parent, field, list } = containerOf(desc);
  const made = `${parent ? `${pathOf(parent)}.` : ""}${field}.${indexIn(list, desc.proto)}`;
  paths.set(desc, made);
  return made;
}

/** A part of a .proto file. Source: `google.protobuf.SourceCodeInfo.Location` */
export interface SourceLocation {
  /** Line and column of the start, line of the end if it is another, column of the end; they count from 0. */
  readonly span: readonly number[];
  readonly leadingComments: string;
  readonly trailingComments: string;
  readonly leadingDetachedComments: readonly string[];
}

/**
 * Reads the descriptor of a file. Its source info is read when it is needed, because it is most of a file that others import.
 *
 * @param bytes a `google.protobuf.FileDescriptorProto`
 * @throws Error if the bytes are no FileDescriptorProto
 */
export function readDescriptor(bytes: Uint8Array): FileDescriptorProto {
  const [info, rest] = [new BinaryWriter(), new BinaryWriter()];
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [field, wireType] = reader.tag();
    const isInfo = field === sourceInfoField && wireType === WireType.LengthDelimited;
    if (isInfo) info.raw(reader.bytes());
    else {
      reader.skip(wireType, field);
      rest.raw(bytes.subarray(start, reader.pos));
    }
  }
  const without = rest.finish();
  const file = fromBinary(FileDescriptorProtoSchema, without);
  infos.set(file, info.finish());
  encoded.set(file, without);
  return file;
}

/**
 * Returns the first location of a declaration; undefined if the compiler recorded none.
 *
 * @param part the number of a field of its descriptor, for the location of that
 */
export function locationOf(desc: Declared, part?: number): SourceLocation | undefined {
  const path = pathOf(desc);
  return locationsOf(fileOf(desc).proto).get(part === undefined ? path : `${path}.${part}`);
}

/** Returns the first location at a path; undefined if the compiler recorded none. */
export function locationAt({ proto }: DescFile, path: readonly number[]): SourceLocation | undefined {
  return locationsOf(proto).get(path.join("."));
}

/** Returns the locations of a file by their paths, such as `4.0.2.1`, in the order of the compiler. */
export function locationsOf(file: FileDescriptorProto): ReadonlyMap<string, SourceLocation> {
  const known = locations.get(file) ?? readLocations(file);
  locations.set(file, known);
  return known;
}

/** Returns the paths of a file, such as `4.0.7.1`, that end with some numbers. It reads nothing else, which is faster. */
export function pathsEndingWith(file: FileDescriptorProto, end: readonly number[]): string[] {
  const found: string[] = [];
  const addIfWanted = (path: readonly number[]) => {
    if (end.every((step, index) => path[path.length - end.length + index] === step)) found.push(path.join("."));
  };
  for (const { path } of file.sourceCodeInfo?.location ?? []) addIfWanted(path);
  eachLocation(infos.get(file), (reader) => {
    const [field] = reader.tag();
    if (field === ofLocation.path) addIfWanted(numbers(reader));
  });
  return found;
}

/** Returns a file without its source info. Everything else is shared with the file, not copied. */
function withoutComments({ sourceCodeInfo: _, ...file }: FileDescriptorProto): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, file);
}

/** Returns a file as bytes, without its source info. */
export function bytesWithoutComments(file: FileDescriptorProto): Uint8Array {
  const known = encoded.get(file) ?? toBinary(FileDescriptorProtoSchema, withoutComments(file));
  encoded.set(file, known);
  return known;
}

/** Returns the source info of a file, with only those locations that have a comment. */
export function commentsOf(file: FileDescriptorProto): SourceCodeInfo {
  const commented = [...locationsOf(file)].filter(
    ([, one]) => one.leadingComments || one.trailingComments || one.leadingDetachedComments.length > 0,
  );
  const location = commented.map(([path, { span, leadingDetachedComments, ...comments }]) => ({
    path: path === "" ? [] : path.split(".").map(Number),
    span: [...span],
    leadingDetachedComments: [...leadingDetachedComments],
    ...comments,
  }));
  return create(SourceCodeInfoSchema, { location });
}

/** Returns the file of a declaration. */
export function fileOf(desc: Declared): DescFile {
  return "file" in desc ? desc.file : desc.parent.file;
}

const paths = new WeakMap<Declared, string>();
const indices = new WeakMap<readonly object[], ReadonlyMap<object, number>>();
const locations = new WeakMap<FileDescriptorProto, ReadonlyMap<string, SourceLocation>>();
/** The source info of files, a `google.protobuf.SourceCodeInfo` as bytes. */
const infos = new WeakMap<FileDescriptorProto, Uint8Array>();
const encoded = new WeakMap<FileDescriptorProto, Uint8Array>();

/** The numbers of fields. Source: google/protobuf/descriptor.proto */
const sourceInfoField = 9;
const locationField = 1;
const ofLocation = { path: 1, span: 2, leadingComments: 3, trailingComments: 4, leadingDetachedComments: 6 } as const;

/** Of several locations with one path the first counts. */
function readLocations(file: FileDescriptorProto): Map<string, SourceLocation> {
  const found = new Map<string, SourceLocation>();
  const add = (path: string, location: SourceLocation) => {
    if (!found.has(path)) found.set(path, location);
  };
  for (const { path, ...location } of file.sourceCodeInfo?.location ?? []) add(path.join("."), location);
  eachLocation(infos.get(file), (reader, end) => readLocation(reader, end, add));
  return found;
}

/** Calls a function for each location, with the position at which it ends. */
function eachLocation(bytes: Uint8Array | undefined, read: (reader: BinaryReader, end: number) => void): void {
  const reader = new BinaryReader(bytes ?? new Uint8Array());
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field !== locationField) reader.skip(wireType, field);
    else {
      const end = reader.uint32() + reader.pos;
      read(reader, end);
      reader.pos = end;
    }
  }
}

function readLocation(reader: BinaryReader, end: number, add: (path: string, location: SourceLocation) => void): void {
  const leadingDetachedComments: string[] = [];
  const location = { span: [] as number[], leadingComments: "", trailingComments: "", leadingDetachedComments };
  let path = "";
  while (reader.pos < end) {
    const [field, wireType] = reader.tag();
    if (field === ofLocation.path) path = numbers(reader).join(".");
    else if (field === ofLocation.span) location.span = numbers(reader);
    else if (field === ofLocation.leadingComments) location.leadingComments = reader.string();
    else if (field === ofLocation.trailingComments) location.trailingComments = reader.string();
    else if (field === ofLocation.leadingDetachedComments) leadingDetachedComments.push(reader.string());
    else reader.skip(wireType, field);
  }
  add(path, location);
}

/** Reads numbers that the compiler packs. */
function numbers(reader: BinaryReader): number[] {
  const end = reader.uint32() + reader.pos;
  const read: number[] = [];
  while (reader.pos < end) read.push(reader.int32());
  return read;
}

function indexIn(list: readonly object[], item: object): number {
  const known = indices.get(list) ?? new Map(list.map((member, index) => [member, index]));
  indices.set(list, known);
  return known.get(item) ?? -1;
}

/**
 * Returns the parent of a declaration, and the list in it that contains the declaration. Source of the numbers:
 * google/protobuf/descriptor.proto
 */
function containerOf(desc: Declared): { parent?: Declared | undefined; field: number; list: readonly object[] } {
  switch (desc.kind) {
    case "message":
      if (desc.parent) return { parent: desc.parent, field: 3, list: desc.parent.proto.nestedType };
      return { field: 4, list: desc.file.proto.messageType };
    case "enum":
      if (desc.parent) return { parent: desc.parent, field: 4, list: desc.parent.proto.enumType };
      return { field: 5, list: desc.file.proto.enumType };
    case "extension":
      if (desc.parent) return { parent: desc.parent, field: 6, list: desc.parent.proto.extension };
      return { field: 7, list: desc.file.proto.extension };
    case "field":
      return { parent: desc.parent, field: 2, list: desc.parent.proto.field };
    case "oneof":
      return { parent: desc.parent, field: 8, list: desc.parent.proto.oneofDecl };
    case "enum_value":
      return { parent: desc.parent, field: 2, list: desc.parent.proto.value };
    case "service":
      return { field: 6, list: desc.file.proto.service };
    case "rpc":
      return { parent: desc.parent, field: 2, list: desc.parent.proto.method };
    default:
      return desc satisfies never;
  }
}
