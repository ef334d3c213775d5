import type { JsonReadOptions } from "@bufbuild/protobuf";
import type { FieldViolation } from "@mesh/contracts";
import { fieldFault, maxFaults } from "./field-fault.ts";

/** The maximum depth of nested messages, lists and objects. */
export const maxDepth = 64;

/** The limit for protobuf-es, which counts a google.protobuf.Value twice. */
export const recursionLimit = 3 * maxDepth;

/** A place in the JSON of a request. */
export interface Place {
  /** The path in the .proto's names: `items[0].labels["a"]`. */
  readonly path: string;
  /** The number of messages around it, and itself. */
  readonly depth: number;
}

/** A search for the faults of a request. It ends when there are as many as are reported. */
export class FaultSearch {
  readonly faults: FieldViolation[] = [];
  readonly options: Partial<JsonReadOptions>;

  constructor(options: Partial<JsonReadOptions>) {
    this.options = options;
  }

  /** Adds a fault unless the text is undefined. */
  add({ path }: Place, text: string | undefined): void {
    if (text !== undefined) this.faults.push(fieldFault(path, text));
  }

  get isFull(): boolean {
    return this.faults.length >= maxFaults;
  }
}

/** Returns the place of a field. */
export function atField({ path, depth }: Place, name: string): Place {
  return { path: [path, shown(name)].filter(Boolean).join("."), depth };
}

/** Returns the place of an item of a list. */
export function atIndex({ path, depth }: Place, index: number): Place {
  return { path: `${path}[${index}]`, depth };
}

/** Returns the place of a value of a map or an object; that of the whole if the key can't be shown. */
export function atKey({ path, depth }: Place, key: string): Place {
  return { path: shown(key) === "" ? path : `${path}["${key}"]`, depth };
}

/** Returns the place of what is in a message. */
export function deeper({ path, depth }: Place): Place {
  return { path, depth: depth + 1 };
}

/** Returns a fault if a place is too deep. */
export function depthFault({ depth }: Place): string | undefined {
  return depth > maxDepth ? `is nested deeper than ${maxDepth} levels` : undefined;
}

/** A name or a key is repeated in an error only if it looks like that of a field or an extension. */
function shown(name: string): string {
  return /^([\w-]{1,64}|\[[\w.]{1,200}\])$/.test(name) ? name : "";
}
