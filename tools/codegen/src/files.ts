import type { DescriptorProto, FieldDescriptorProto, FileDescriptorProto } from "@bufbuild/protobuf/wkt";
import { optionPackages } from "./extensions.ts";
import { httpProtoNames } from "./proto/http-protos.ts";
import { validateProtoName } from "./proto/validate-proto.ts";

/** Files that contracts import only for their options. */
const optionFiles = new Set([validateProtoName, ...httpProtoNames]);

/** A .proto file, such as a DescFile. */
interface ProtoFile {
  readonly proto: FileDescriptorProto;
}

/**
 * Returns the files to generate code for: the requested ones, and imported ones whose messages they use, such as
 * google/protobuf/timestamp.proto. Files that only options use, such as the rules, are not needed. This reads plain
 * descriptors, because to link those of a large mesh takes long.
 */
export function filesToGenerate<T extends ProtoFile>(asked: readonly T[], all: readonly T[]): T[] {
  const owners = ownersOf(all);
  const extensions = all.flatMap(({ proto }) => extensionsOf(proto));
  const needed = new Set(asked.filter(({ proto }) => !optionFiles.has(proto.name)));
  // Iterating a set includes the elements that are added meanwhile.
  for (const file of needed) {
    const added = optionPackages.has(file.proto.package)
      ? []
      : extensions.filter(({ extendee }) => owners.get(extendee) === file);
    for (const type of [...typesUsedIn(file.proto), ...added.map(({ typeName }) => typeName)]) {
      const owner = owners.get(type);
      if (owner) needed.add(owner);
    }
  }
  return all.filter((file) => needed.has(file));
}

/** Returns the extensions that a file declares. */
export function extensionsOf(file: FileDescriptorProto): FieldDescriptorProto[] {
  return [...file.extension, ...[...messagesIn(file).values()].flatMap(({ extension }) => extension)];
}

/** Returns the file of each message and enum by its full name with a dot before it, as descriptors refer to it. */
function ownersOf<T extends ProtoFile>(files: readonly T[]): Map<string, T> {
  const owners = new Map<string, T>();
  for (const file of files) {
    for (const { name } of file.proto.enumType) owners.set(`${scopeOf(file.proto)}.${name}`, file);
    for (const [full, { enumType }] of messagesIn(file.proto)) {
      owners.set(full, file);
      for (const { name } of enumType) owners.set(`${full}.${name}`, file);
    }
  }
  return owners;
}

function typesUsedIn(file: FileDescriptorProto): Set<string> {
  const types = new Set<string>();
  for (const { method } of file.service) for (const one of method) types.add(one.inputType).add(one.outputType);
  for (const message of messagesIn(file).values()) for (const { typeName } of message.field) types.add(typeName);
  return types;
}

/** Returns all messages of a file by their full names. */
function messagesIn(file: FileDescriptorProto): Map<string, DescriptorProto> {
  const found = new Map<string, DescriptorProto>();
  const add = (scope: string, messages: readonly DescriptorProto[]): void => {
    for (const message of messages) {
      const name = `${scope}.${message.name}`;
      found.set(name, message);
      add(name, message.nestedType);
    }
  };
  add(scopeOf(file), file.messageType);
  return found;
}

function scopeOf({ package: name }: FileDescriptorProto): string {
  return name === "" ? "" : `.${name}`;
}
