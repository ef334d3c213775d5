import { createHash } from "node:crypto";
import { create, createFileRegistry, type DescFile } from "@bufbuild/protobuf";
import { nestedTypes } from "@bufbuild/protobuf/reflect";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { filesToGenerate } from "../files.ts";
import type { ImageFile } from "./image.ts";

/** A .proto file to generate code for. */
export interface Unit {
  /** `orders/v1/orders.proto` */
  readonly name: string;
  /** The names of all files that its code depends on, with its own. */
  readonly context: ReadonlySet<string>;
  /** Changes if any of these files does. */
  readonly hash: string;
}

/** Returns the files of an image to generate code for, with what the code of each depends on. */
export function unitsOf(files: readonly ImageFile[]): Unit[] {
  const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: files.map(({ proto }) => proto) }));
  const all = [...registry.files];
  const hashes = new Map(
    files.map(({ proto, bytes }) => [proto.name, createHash("sha256").update(bytes).digest("hex")]),
  );
  const wanted = new Set(files.filter(({ isImport }) => !isImport).map(({ proto }) => proto.name));
  const units = filesToGenerate(
    all.filter(({ proto }) => wanted.has(proto.name)),
    all,
  );
  const extending = all.filter(declaresExtension);
  const packages = new Map<string, DescFile[]>();
  for (const unit of units) packages.set(unit.proto.package, [...(packages.get(unit.proto.package) ?? []), unit]);
  return units.map((file) => {
    const siblings = packages.get(file.proto.package) ?? [];
    const context = closureOf([...extending, ...siblings]);
    const hash = createHash("sha256");
    for (const name of [...context].sort()) hash.update(`${name}\0${hashes.get(name)}\0`);
    return { name: file.proto.name, context, hash: hash.digest("hex") };
  });
}

/** An extension adds a field to a message of another file, which that file does not import. */
function declaresExtension(file: DescFile): boolean {
  return [...nestedTypes(file)].some(({ kind }) => kind === "extension");
}

/** Returns the names of files and of all that they import. */
function closureOf(files: readonly DescFile[]): Set<string> {
  const closure = new Set(files);
  // Iterating a set includes the elements that are added meanwhile.
  for (const file of closure) for (const imported of file.dependencies) closure.add(imported);
  return new Set([...closure].map(({ proto }) => proto.name));
}
