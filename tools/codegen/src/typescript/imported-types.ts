import type { DescEnum, DescFile, DescMessage } from "@bufbuild/protobuf";
import type { TypeMap } from "ts-proto/build/src/types.js";
import { typeName } from "../names.ts";
import { newFullName, typesOf } from "./rename.ts";

type Type = DescMessage | DescEnum;

/**
 * How ts-proto finds types from one file: in which module each is, and what it is called there. A type of another file
 * whose name is taken here gets one that is not: ts-proto would add a digit, whether or not this is taken too.
 */
export function typesAsSeenFrom(file: DescFile, types: TypeMap): TypeMap {
  const own = typesOf(file);
  const imported = importedTypes(file, own);
  const taken = new Set(own.map(typeName));
  const all = new Set([...own, ...imported].map(typeName));
  const aliases = imported.flatMap((type) => {
    if (!taken.has(typeName(type))) taken.add(typeName(type));
    else return [[type, freeName(typeName(type), all)] as const];
    return [];
  });
  const names = new Map(aliases);
  const overlay = [...own, ...imported].flatMap((type) => {
    const key = newFullName(type);
    const known = types.get(key);
    const alias = names.get(type);
    if (!known || (known[0] === type.file.name && !alias)) return [];
    const name = alias ? `${known[1]}:${alias}` : known[1];
    return [[key, [type.file.name, name, known[2]] as const] as const];
  });
  return new Overlay(types, new Map(overlay));
}

function importedTypes(file: DescFile, own: readonly Type[]): Type[] {
  const fields = own.flatMap((type) => (type.kind === "message" ? type.fields : []));
  const used = new Set(fields.flatMap((field) => field.message ?? field.enum ?? []));
  return [...used].filter((type) => type.file !== file);
}

/** A name with a number that nothing has; from then on it is taken. */
function freeName(name: string, taken: Set<string>): string {
  let number = 1;
  while (taken.has(`${name}__${number}`)) number += 1;
  taken.add(`${name}__${number}`);
  return `${name}__${number}`;
}

type Entry = readonly [module: string, name: string, proto: Parameters<TypeMap["set"]>[1][2]];

/** A map in front of another, which would take long to copy for every file. */
class Overlay extends Map<string, Parameters<TypeMap["set"]>[1]> {
  readonly #below: TypeMap;

  constructor(below: TypeMap, entries: ReadonlyMap<string, Entry>) {
    super([...entries].map(([key, [module, name, proto]]) => [key, [module, name, proto]]));
    this.#below = below;
  }

  override get(key: string) {
    return super.get(key) ?? this.#below.get(key);
  }
}
