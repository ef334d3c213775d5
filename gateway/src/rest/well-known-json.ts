import type { DescMessage, JsonValue } from "@bufbuild/protobuf";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import {
  durationPattern,
  fieldMaskPattern,
  isText,
  maxJsonDepth,
  timestampPattern,
  unpaired,
} from "@mesh/contracts/json-forms";
import { atIndex, atKey, type FaultSearch, type Place } from "./fault-search.ts";
import { scalarFault } from "./json-scalars.ts";

/** The messages whose JSON is a text: its pattern, and what it must be. */
const texts: Readonly<Record<string, readonly [pattern: RegExp, form: string]>> = {
  "google.protobuf.Timestamp": [new RegExp(timestampPattern), 'must be a time such as "2026-01-31T12:00:00Z"'],
  "google.protobuf.Duration": [new RegExp(durationPattern), 'must be a duration such as "1.5s"'],
  "google.protobuf.FieldMask": [new RegExp(fieldMaskPattern), 'must be field names such as "name,unitPrice"'],
};

/** The first instant of a Timestamp, and the end of the last, in milliseconds since 1970. */
const [firstMs, endMs] = [Date.parse("0001-01-01T00:00:00Z"), Date.parse("+010000-01-01T00:00:00Z")];

/** Returns true if the JSON of a message is a text, a number or a boolean. */
export function isPlain(message: DescMessage): boolean {
  return Object.hasOwn(texts, message.typeName) || isWrapperDesc(message);
}

/** Returns what is wrong with the JSON of such a message, or undefined. */
export function plainFault(message: DescMessage, json: JsonValue): string | undefined {
  if (isWrapperDesc(message)) return scalarFault(message.fields[0].scalar, json);
  const [pattern, form] = texts[message.typeName] ?? [];
  const isRight = isText(json) && pattern?.test(json);
  return isRight && (message.typeName !== "google.protobuf.Timestamp" || isInRange(json)) ? undefined : form;
}

/** An offset can move a time out of the years 1 to 9999. */
function isInRange(time: string): boolean {
  const ms = Date.parse(time.replace(/\.[0-9]+/, ""));
  return ms >= firstMs && ms < endMs;
}

/** Finds the faults of a google.protobuf.Value, Struct or ListValue. @param level the lists and objects around it */
export function inValue(json: JsonValue, place: Place, search: FaultSearch, level = 0): void {
  search.add(place, valueFault(json, level));
  if (typeof json !== "object" || json === null || level >= maxJsonDepth) return;
  for (const [key, item] of Object.entries(json)) {
    if (search.isFull) return;
    const at = Array.isArray(json) ? atIndex(place, Number(key)) : atKey(place, key);
    if (!isText(key)) search.add(at, unpaired);
    inValue(item, at, search, level + 1);
  }
}

function valueFault(json: JsonValue, level: number): string | undefined {
  if (typeof json === "object" && json !== null && level >= maxJsonDepth) {
    return `must not be deeper than ${maxJsonDepth} lists and objects in each other`;
  }
  if (typeof json === "number") return Number.isFinite(json) ? undefined : "must be a finite number";
  return typeof json === "string" && !isText(json) ? unpaired : undefined;
}
