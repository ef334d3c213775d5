import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { maxDepth } from "@mesh/contracts/json-forms";
import { fieldNamed } from "./descriptors.ts";
import { atField, atIndex, atKey, type Place } from "./fault-search.ts";

/** The keys and indices that lead to a part of a JSON value. */
export type KeyPath = readonly (string | number)[];

/** An object or a list that is open. */
interface Frame {
  /** The keys so far; undefined: it is a list. */
  readonly keys: Set<string> | undefined;
  /** The key or the index of the part that is read. */
  at: string | number;
}

/**
 * Finds the first key that occurs twice in one object. JSON.parse keeps the last of them, but parsers of protobuf's JSON must not
 * choose: https://protobuf.dev/programming-guides/json/
 *
 * @param text valid JSON
 * @returns undefined if there is none
 */
export function repeatedKey(text: string): KeyPath | undefined {
  const open: Frame[] = [];
  let isKey = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') {
      const end = endOfString(text, index);
      const frame = isKey ? open.at(-1) : undefined;
      if (frame?.keys) {
        frame.at = keyOf(text.slice(index, end));
        if (frame.keys.has(frame.at)) return open.map(({ at }) => at);
        frame.keys.add(frame.at);
      }
      isKey = false;
      index = end - 1;
    } else if (character === "{") {
      open.push({ keys: new Set(), at: "" });
      isKey = true;
    } else if (character === "[") {
      open.push({ keys: undefined, at: 0 });
      isKey = false;
    } else if (character === "}" || character === "]") open.pop();
    else if (character === ",") {
      const frame = open.at(-1);
      isKey = frame?.keys !== undefined;
      if (typeof frame?.at === "number") frame.at += 1;
    }
  }
  return undefined;
}

/** Returns the index after the closing quote of a string. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(text: string, index: number): boolean {
  let first = index;
  while (text[first - 1] === "\\") first -= 1;
  return (index - first) % 2 === 1;
}

function keyOf(quoted: string): string {
  return quoted.includes("\\") ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}

/** Returns the path of a part of a message's JSON, by the names in the .proto; at most as deep as messages may be. */
export function pathOf(message: DescMessage, keys: KeyPath): string {
  let place: Place = { path: "", depth: 1 };
  let inside = withFields(message);
  let map: DescField | undefined;
  for (const key of keys.slice(0, maxDepth)) {
    if (typeof key === "number") place = atIndex(place, key);
    else if (map || !inside) {
      place = atKey(place, key);
      map = undefined;
    } else {
      const field = fieldNamed(inside, key);
      place = atField(place, field?.name ?? key);
      inside = withFields(field?.message);
      map = field?.fieldKind === "map" ? field : undefined;
    }
  }
  return place.path;
}

/** Returns a message whose JSON has its fields; undefined for those that have a form of their own. */
function withFields(message: DescMessage | undefined): DescMessage | undefined {
  return message?.typeName.startsWith("google.protobuf.") ? undefined : message;
}
