import {
  type DescField,
  type DescMessage,
  type DescOneof,
  fromJson,
  type JsonReadOptions,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import type { FieldViolation } from "@mesh/contracts";
import { fieldNamed } from "./descriptors.ts";
import { fieldFault, maxFaults } from "./field-fault.ts";
import { isObject } from "./place-value.ts";

/** Options of reading JSON. */
export type ReadOptions = Partial<JsonReadOptions>;

/** The maximum depth of nested messages. */
export const maxDepth = 64;

/**
 * Finds the faults of JSON that is not a valid message: the path of each field, and what it must be. protobuf-es's own
 * error names the first field without its path, and quotes what was sent. Reads every part once, so its cost grows with
 * the size of the JSON, however it is nested.
 */
export function faultsOf(message: DescMessage, json: JsonValue, options: ReadOptions): FieldViolation[] {
  const faults: FieldViolation[] = [];
  inMessage(message, json, "", { options, faults });
  return faults.length > 0 ? faults : [fieldFault("", `is not a valid ${message.typeName}`)];
}

interface Search {
  readonly options: ReadOptions;
  readonly faults: FieldViolation[];
}

function inMessage(message: DescMessage, json: JsonValue, path: string, search: Search): void {
  const text = messageFault(message, json, path, search.options);
  if (text !== undefined) search.faults.push(fieldFault(path, text));
  else if (!isWellKnown(message) && isObject(json)) {
    const given = new Set<DescField | DescOneof>();
    for (const [key, value] of Object.entries(json)) {
      if (search.faults.length >= maxFaults) return;
      inKey({ message, key, value, path, given }, search);
    }
  }
}

function messageFault(message: DescMessage, json: JsonValue, path: string, options: ReadOptions): string | undefined {
  if (isWellKnown(message)) return isReadable(message, json, options) ? undefined : wellKnownForm(message);
  if (!isObject(json)) return "must be an object";
  return path.split(".").length < maxDepth ? undefined : `is nested deeper than ${maxDepth} levels`;
}

/** One member of an object. */
interface Member {
  readonly message: DescMessage;
  readonly key: string;
  readonly value: JsonValue;
  /** The path of the object. */
  readonly path: string;
  /** The fields and oneofs that the members before it set. */
  readonly given: Set<DescField | DescOneof>;
}

function inKey({ message, key, value, path, given }: Member, search: Search): void {
  const field = fieldNamed(message, key);
  // An unknown name is repeated in the error only if it looks like a field's.
  const name = field?.name ?? (/^\w{1,64}$/.test(key) ? key : "");
  const place = [path, name].filter(Boolean).join(".");
  if (!field) {
    // The key of an extension is not the name of a field.
    if (!isReadable(message, { [key]: value }, search.options)) {
      search.faults.push(fieldFault(place, `is not a field of ${message.name}`));
    }
    return;
  }
  if (value === null) return;
  const filled = field.oneof ?? field;
  if (given.has(filled)) {
    search.faults.push(
      fieldFault(place, field.oneof ? `is set besides another field of ${field.oneof.name}` : "is set twice"),
    );
  }
  given.add(filled);
  inField(field, value, place, search);
}

function inField(field: DescField, value: JsonValue, place: string, search: Search): void {
  if (field.fieldKind === "list") inList(field, value, place, search);
  else if (field.fieldKind === "message") inMessage(field.message, value, place, search);
  else if (!isReadable(field.parent, { [field.name]: value }, search.options)) {
    search.faults.push(fieldFault(place, fieldForm(field)));
  }
}

function inList(field: DescField & { fieldKind: "list" }, value: JsonValue, place: string, search: Search): void {
  if (!Array.isArray(value)) {
    search.faults.push(fieldFault(place, "must be a list"));
    return;
  }
  if (!field.message) {
    inPlainItems({ field, items: value, start: 0, place }, search);
    return;
  }
  for (const [index, item] of value.entries()) {
    if (search.faults.length >= maxFaults) return;
    inMessage(field.message, item, `${place}[${index}]`, search);
  }
}

/** Some items of a list. */
interface Items {
  readonly field: DescField;
  readonly items: readonly JsonValue[];
  /** The index of the first one in its list. */
  readonly start: number;
  /** The path of the list. */
  readonly place: string;
}

/** Bisects items that cannot be read until one is left: reading each on its own would take far longer. */
function inPlainItems({ field, items, start, place }: Items, search: Search): void {
  if (search.faults.length >= maxFaults) return;
  if (isReadable(field.parent, { [field.name]: [...items] }, search.options)) return;
  if (items.length === 1) {
    search.faults.push(fieldFault(`${place}[${start}]`, valueForm(field)));
    return;
  }
  const half = items.length >> 1;
  inPlainItems({ field, items: items.slice(0, half), start, place }, search);
  inPlainItems({ field, items: items.slice(half), start: start + half, place }, search);
}

function isReadable(message: DescMessage, json: JsonValue, options: ReadOptions): boolean {
  try {
    fromJson(message, json, options);
    return true;
  } catch {
    return false;
  }
}

function isWellKnown({ typeName }: DescMessage): boolean {
  return typeName.startsWith("google.protobuf.");
}

function wellKnownForm({ typeName }: DescMessage): string {
  const form = messageForms[typeName];
  return form ? `must be ${form}` : `is not a valid ${typeName}`;
}

const messageForms: Readonly<Record<string, string>> = {
  "google.protobuf.Timestamp": 'a time such as "2026-01-31T12:00:00Z"',
  "google.protobuf.Duration": 'a duration such as "1.5s"',
  "google.protobuf.FieldMask": 'field names such as "name,unitPrice"',
};

function fieldForm(field: DescField): string {
  return field.fieldKind === "map" ? "must be an object whose values have the right type" : valueForm(field);
}

function valueForm({ enum: enumeration, scalar, message }: DescField): string {
  if (enumeration) return `must be a value of ${enumeration.name}, by name or number`;
  if (message) return `must be ${messageForms[message.typeName] ?? "an object"}`;
  return `must be ${scalar === undefined ? "an object" : scalarForm(scalar)}`;
}

function scalarForm(scalar: ScalarType): string {
  if (scalar === ScalarType.STRING) return "a string";
  if (scalar === ScalarType.BYTES) return "bytes in base64";
  if (scalar === ScalarType.BOOL) return "true or false";
  const name = ScalarType[scalar].toLowerCase();
  return /64$/.test(name) ? `an ${name}, in quotes if it is beyond 2^53` : `a number of type ${name}`;
}
