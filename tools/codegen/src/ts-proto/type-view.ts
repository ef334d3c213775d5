import type { TypeMap } from "ts-proto/build/src/types.js";

/** A type in ts-proto's map: its module, its name, its descriptor. */
type Entry = Parameters<TypeMap["set"]>[1];

/** A map of types with some entries changed as they are read: a copy for every file would take long. */
export class TypeView extends Map<string, Entry> {
  readonly #types: TypeMap;
  readonly #change: (entry: Entry, key: string) => Entry;

  constructor(types: TypeMap, change: (entry: Entry, key: string) => Entry) {
    super();
    this.#types = types;
    this.#change = change;
  }

  override get(key: string): Entry | undefined {
    const entry = this.#types.get(key);
    return entry && this.#change(entry, key);
  }
}
