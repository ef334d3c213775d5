import { type AnyDesc, create, type DescFile } from "@bufbuild/protobuf";
import {
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type SourceCodeInfo,
  type SourceCodeInfo_Location,
  SourceCodeInfoSchema,
} from "@bufbuild/protobuf/wkt";

type Declared = Exclude<AnyDesc, DescFile>;

/**
 * The path of something in the descriptor of its file: numbers of fields and places in lists. Known things are kept:
 * to look for one in a file of thousands takes long, and everything in it is asked for.
 */
export function sourcePath(desc: Declared): readonly number[] {
  const known = paths.get(desc);
  if (known) return known;
  const { parent, field, list } = placeOf(desc);
  const made = [...(parent ? sourcePath(parent) : []), field, indexIn(list, desc.proto)];
  paths.set(desc, made);
  return made;
}

/** The first thing that the compiler says to be at a path. */
export function locationAt(file: DescFile, path: readonly number[]): SourceCodeInfo_Location | undefined {
  const known = locations.get(file) ?? locationsOf(file);
  locations.set(file, known);
  return known.get(path.join("."));
}

/** A file without its comments and places; everything else is the same one, not a copy. */
export function withoutComments({ sourceCodeInfo: _, ...file }: FileDescriptorProto): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, file);
}

/** The comments of a file, without the locations that have none, as most have none. */
export function commentsOf({ sourceCodeInfo }: FileDescriptorProto): SourceCodeInfo {
  const location = sourceCodeInfo?.location.filter(
    (one) => one.leadingComments || one.trailingComments || one.leadingDetachedComments.length > 0,
  );
  return create(SourceCodeInfoSchema, { location: location ?? [] });
}

/** The file that something is declared in. */
export function fileOf(desc: Declared): DescFile {
  return "file" in desc ? desc.file : desc.parent.file;
}

const paths = new WeakMap<Declared, readonly number[]>();
const indices = new WeakMap<readonly object[], ReadonlyMap<object, number>>();
const locations = new WeakMap<DescFile, ReadonlyMap<string, SourceCodeInfo_Location>>();

function locationsOf(file: DescFile): Map<string, SourceCodeInfo_Location> {
  const all = file.proto.sourceCodeInfo?.location ?? [];
  // Of several at one place the first counts, which a map has to be given last.
  return new Map(all.toReversed().map((location) => [location.path.join("."), location]));
}

function indexIn(list: readonly object[], item: object): number {
  const known = indices.get(list) ?? new Map(list.map((member, index) => [member, index]));
  indices.set(list, known);
  return known.get(item) ?? -1;
}

/** What it is declared in, and in which list of that. Source of the numbers: google/protobuf/descriptor.proto */
function placeOf(desc: Declared): { parent?: Declared | undefined; field: number; list: readonly object[] } {
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
