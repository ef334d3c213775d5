import type { JsonReadOptions, Registry } from "@bufbuild/protobuf";
import type { FieldViolation } from "@mesh/contracts";
import { maxDepth } from "@mesh/contracts/json-forms";
import { fieldFault, maxFaults } from "./field-fault.ts";

/** The limit for protobuf-es, which counts an Any and its message, and a google.protobuf.Value twice. */
export const recursionLimit = 3 * maxDepth;

/** A place in the JSON of a request. */
export interface Place {
  /** The path in the .proto's names: `items[0].labels["a"]`. */
  readonly path: string;
  /** The number of messages around it, and itself. */
  readonly depth: number;
}

/** A place in another one. Its path is made when it is asked for: few places have a fault. */
class Inside implements Place {
  readonly depth: number;
  readonly #around: Place;
  readonly #pathIn: (path: string) => string;

  constructor(around: Place, depth: number, pathIn: (path: string) => string) {
    this.depth = depth;
    this.#around = around;
    this.#pathIn = pathIn;
  }

  get path(): string {
    return this.#pathIn(this.#around.path);
  }
}

/** How JSON is read. */
interface ReadOptions extends Partial<JsonReadOptions> {
  readonly registry: Registry;
}

/** A search for the faults of a request. It ends when there are as many as are reported. */
export class FaultSearch {
  readonly faults: FieldViolation[] = [];
  readonly options: ReadOptions;

  constructor(options: ReadOptions) {
    this.options = options;
  }

  /** Adds a fault unless the text is undefined. */
  add(place: Place, text: string | undefined): void {
    if (text !== undefined) this.faults.push(fieldFault(place.path, text));
  }

  get isFull(): boolean {
    return this.faults.length >= maxFaults;
  }
}

/** Returns the place of a field. */
export function atField(place: Place, name: string): Place {
  return new Inside(place, place.depth, (path) => [path, shown(name)].filter(Boolean).join("."));
}

/** Returns the place of an item of a list. */
export function atIndex(place: Place, index: number): Place {
  return new Inside(place, place.depth, (path) => `${path}[${index}]`);
}

/** Returns the place of a value of a map or an object; that of the whole if the key can't be shown. */
export function atKey(place: Place, key: string): Place {
  return new Inside(place, place.depth, (path) => (shown(key) === "" ? path : `${path}["${key}"]`));
}

/** Returns the place of what is in a message. */
export function deeper(place: Place): Place {
  return new Inside(place, place.depth + 1, (path) => path);
}

/** Returns a fault if a place is too deep. */
export function depthFault({ depth }: Place): string | undefined {
  return depth > maxDepth ? `must not be deeper than ${maxDepth} messages in each other` : undefined;
}

/** A name or a key is repeated in an error only if it looks like that of a field or an extension. */
function shown(name: string): string {
  return /^([\w-]{1,64}|\[[\w.]{1,200}\])$/.test(name) ? name : "";
}
