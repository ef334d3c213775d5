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
 * Returns the path of a declaration in the descriptor of its file: numbers of fields and indices in lists. Paths are
 * cached, because a search in a file of thousands of declarations takes long, and the path of each one is needed.
 */
export function sourcePath(desc: Declared): readonly number[] {
  const known = paths.get(desc);
  if (known) return known;
  const { parent, field, list } = containerOf(desc);
  const made = [...(parent ? sourcePath(parent) : []), field, indexIn(list, desc.proto)];
  paths.set(desc, made);
  return made;
}

/** Returns the first location at a path; undefined if the compiler recorded none. */
export function locationAt(file: DescFile, path: readonly number[]): SourceCodeInfo_Location | undefined {
  const known = locations.get(file) ?? locationsOf(file);
  locations.set(file, known);
  return known.get(path.join("."));
}

/** Returns a file without its source info. Everything else is shared with the file, not copied. */
export function withoutComments({ sourceCodeInfo: _, ...file }: FileDescriptorProto): FileDescriptorProto {
  return create(FileDescriptorProtoSchema, file);
}

/** Returns the source info of a file, with only those locations that have a comment. */
export function commentsOf({ sourceCodeInfo }: FileDescriptorProto): SourceCodeInfo {
  const location = sourceCodeInfo?.location.filter(
    (one) => one.leadingComments || one.trailingComments || one.leadingDetachedComments.length > 0,
  );
  return create(SourceCodeInfoSchema, { location: location ?? [] });
}

/** Returns the file of a declaration. */
export function fileOf(desc: Declared): DescFile {
  return "file" in desc ? desc.file : desc.parent.file;
}

const paths = new WeakMap<Declared, readonly number[]>();
const indices = new WeakMap<readonly object[], ReadonlyMap<object, number>>();
const locations = new WeakMap<DescFile, ReadonlyMap<string, SourceCodeInfo_Location>>();

function locationsOf(file: DescFile): Map<string, SourceCodeInfo_Location> {
  const all = file.proto.sourceCodeInfo?.location ?? [];
  // Of several locations with one path the first counts: in a map the last entry wins, so the order is reversed.
  return new Map(all.toReversed().map((location) => [location.path.join("."), location]));
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
