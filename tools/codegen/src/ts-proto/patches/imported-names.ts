import type { DescFile } from "@bufbuild/protobuf";
import { typeName } from "../../names.ts";
import { messagesOf, type TypeDesc, typesOf } from "../declared.ts";
import type { Patch } from "../patch.ts";
import { TypeView } from "../type-view.ts";
import { newFullName } from "./names.ts";

/**
 * Imports a type under a free name if the file has another type of its name. ts-proto adds a digit, even if the file also
 * has a type of that name. It also cuts the path of a module at the first ".proto", which may be in a folder's name.
 */
export const importedNames: Patch = {
  types(types, file) {
    const aliases = aliasesIn(file);
    const modules = new Map(
      [...typesOf(file), ...importedTypes(file)].map((type) => [newFullName(type), type.file.name]),
    );
    return new TypeView(types, ([module, name, type], key) => {
      const alias = aliases.get(key);
      return [modules.get(key) ?? module, alias ? `${name}:${alias}` : name, type];
    });
  },
};

/** The new names of imported types, by their full name. */
function aliasesIn(file: DescFile): ReadonlyMap<string, string> {
  const imported = importedTypes(file);
  const taken = new Set(typesOf(file).map(typeName));
  const all = new Set([...taken, ...imported.map(typeName)]);
  const aliases = new Map<string, string>();
  for (const type of imported) {
    const name = typeName(type);
    if (taken.has(name)) aliases.set(newFullName(type), freeName(name, all));
    else taken.add(name);
  }
  return aliases;
}

function importedTypes(file: DescFile): TypeDesc[] {
  const fields = messagesOf(file).flatMap((message) => message.fields);
  const used = new Set(fields.flatMap((field) => field.message ?? field.enum ?? []));
  return [...used].filter((type) => type.file !== file);
}

/** A name with a number that no type has; adds it to those that are taken. */
function freeName(name: string, taken: Set<string>): string {
  let number = 1;
  while (taken.has(`${name}__${number}`)) number += 1;
  taken.add(`${name}__${number}`);
  return `${name}__${number}`;
}
