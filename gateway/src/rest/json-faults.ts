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

/** How JSON is read. */
export type ReadOptions = Partial<JsonReadOptions>;

/** How deep messages may stand in each other. */
export const maxDepth = 64;

/**
 * Says what is wrong with JSON that is no message: each field by its place, and what it must be. protobuf-es's own error
 * names the first without its place, and quotes what was sent. Every part is read once: what it costs grows with the
 * size of the JSON, however it is nested.
 */
export function faultsOf(message: DescMessage, json: JsonValue, options: ReadOptions): FieldViolation[] {
  const faults: FieldViolation[] = [];
  inMessage(message, json, "", { options, faults });
  return faults.length > 0 ? faults : [fieldFault("", `is no ${message.typeName}`)];
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
  /** Of the object. */
  readonly path: string;
  /** What the members before it fill. */
  readonly given: Set<DescField | DescOneof>;
}

function inKey({ message, key, value, path, given }: Member, search: Search): void {
  const field = fieldNamed(message, key);
  // A name of the caller's own making is repeated only if it could be a field's.
  const name = field?.name ?? (/^\w{1,64}$/.test(key) ? key : "");
  const place = [path, name].filter(Boolean).join(".");
  if (!field) {
    // An extension's key is the name of no field.
    if (!isReadable(message, { [key]: value }, search.options)) {
      search.faults.push(fieldFault(place, `is no field of ${message.name}`));
    }
    return;
  }
  if (value === null) return;
  const filled = field.oneof ?? field;
  if (given.has(filled)) {
    search.faults.push(
      fieldFault(place, field.oneof ? `is given beside another of ${field.oneof.name}` : "is given twice"),
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
  /** Of the list. */
  readonly place: string;
}

/** Halves what can't be read until it is one item: to read each by itself takes far longer. */
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
  return form ? `must be ${form}` : `is no ${typeName}`;
}

const messageForms: Readonly<Record<string, string>> = {
  "google.protobuf.Timestamp": 'a time such as "2026-01-31T12:00:00Z"',
  "google.protobuf.Duration": 'a duration such as "1.5s"',
  "google.protobuf.FieldMask": 'names of fields such as "name,unitPrice"',
};

function fieldForm(field: DescField): string {
  return field.fieldKind === "map" ? "must be an object whose values have the right type" : valueForm(field);
}

function valueForm({ enum: enumeration, scalar, message }: DescField): string {
  if (enumeration) return `must be a value of ${enumeration.name}, by its name or its number`;
  if (message) return `must be ${messageForms[message.typeName] ?? "an object"}`;
  return `must be ${scalar === undefined ? "an object" : scalarForm(scalar)}`;
}

function scalarForm(scalar: ScalarType): string {
  if (scalar === ScalarType.STRING) return "a text";
  if (scalar === ScalarType.BYTES) return "bytes in base64";
  if (scalar === ScalarType.BOOL) return "true or false";
  const name = ScalarType[scalar].toLowerCase();
  return /64$/.test(name) ? `an ${name}, in quotes where it is beyond 2^53` : `a number that is ${name}`;
}
