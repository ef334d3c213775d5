import type { DescField } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import type { Printable } from "@bufbuild/protoplugin";
import {
  type FieldRules,
  type MapRules,
  MapRulesSchema,
  type RepeatedRules,
  RepeatedRulesSchema,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { withCel } from "../cel/print.ts";
import type { Part } from "../cel/trial.ts";
import { fieldKey } from "../names.ts";
import { call, ofSchema, text } from "../printing.ts";
import { mapRules, repeatedRules } from "../rules/collection-rules.ts";
import { fieldRules, type ReadRules, readRules, typedChecks } from "../rules/field-rules.ts";
import type { Site } from "../rules/site.ts";
import { type Element, elementOf, isKeyed } from "./element.ts";
import { conditional, elementSchema, hasZero, partSchema, zeroTest } from "./element-schema.ts";
import { initialValue, scalarTypescript } from "./scalar.ts";

/** The entry of a field in the schema of its message: `implicit("id", "id", string(), "")`. */
export function fieldEntry(field: DescField, site: Site): Printable {
  const read = fieldRules(field, site);
  const names = [text(fieldKey(field)), text(field.name)];
  if (isImplicit(field)) return call("implicit", ...names, fieldType(field, read, site), initialValue(field));
  return call(presenceOf(field, read), ...names, fieldType(field, read, site));
}

function presenceOf(field: DescField, { required }: ReadRules): "required" | "legacyRequired" | "optional" {
  if (required) return "required";
  return isLegacyRequired(field) ? "legacyRequired" : "optional";
}

/** Whether a field is `required` in proto2's own way. */
export function isLegacyRequired(field: DescField): boolean {
  return field.presence === Presence.LEGACY_REQUIRED;
}

/** Whether a field can't be absent. */
export function isImplicit(field: DescField): boolean {
  return field.fieldKind === "list" || field.fieldKind === "map" || field.presence === Presence.IMPLICIT;
}

/** The schema of a field's value. */
export function fieldType(field: DescField, read: ReadRules, site: Site): Printable {
  if (field.fieldKind === "list") return listType(field, read, site);
  if (field.fieldKind === "map") return mapType(field, read, site);
  const element = elementOf(field);
  // A field that can be absent has no zero value that would be ignored.
  if (!isImplicit(field)) {
    return withCel(elementSchema(element, { ...read, ignoreZero: false }, site), field, "all", read, false);
  }
  const first = read.required ? [call("notZero", zeroTest(element))] : [];
  return withCel(elementSchema(element, read, site, first), field, "all", read, read.ignoreZero);
}

function listType(field: DescField & { fieldKind: "list" }, read: ReadRules, site: Site): Printable {
  const own = typedChecks(read, "repeated", repeatedRules, site);
  const rules = rulesIf<RepeatedRules>(read, "repeated");
  const items = partRules(rules?.items, read, RepeatedRulesSchema.field.items.number, site);
  const item = partType(elementOf(field), field, "item", items);
  return withCel(call("list", item, ...collectionChecks(own, read)), field, "all", read, read.ignoreZero);
}

function mapType(field: DescField & { fieldKind: "map" }, read: ReadRules, site: Site): Printable {
  const own = typedChecks(read, "map", mapRules, site);
  const rules = rulesIf<MapRules>(read, "map");
  const keys = partRules(rules?.keys, read, MapRulesSchema.field.keys.number, site);
  const values = partRules(rules?.values, read, MapRulesSchema.field.values.number, site);
  const key = partType({ kind: "scalar", scalar: field.mapKey }, field, "key", keys);
  const value = partType(elementOf(field), field, "item", values);
  const entries = [key, value, ...collectionChecks(own, read)];
  const keyOf = scalarTypescript(field.mapKey) === "number" ? "Number" : "String";
  const type = isKeyed(field.mapKey) ? call("keyed", ...entries) : call("record", keyOf, ...entries);
  return withCel(type, field, "all", read, read.ignoreZero);
}

/** The schema of an item, a key or a value. */
function partType(element: Element, field: DescField, part: Part, { read, site }: { read: ReadRules; site: Site }) {
  const isSkippable = read.ignoreZero && hasZero(element);
  return withCel(partSchema(element, read, site), field, part, read, isSkippable);
}

function collectionChecks(own: readonly Printable[], read: ReadRules): Printable[] {
  const first = read.required ? [call("notZero", ofSchema("isEmpty"))] : [];
  return [...first, ...conditional(own, read, ofSchema("isEmpty"))];
}

/**
 * Reads the rules of items, keys or values; where no rule of the field counts, none of theirs does. `required` says
 * nothing there: an item is never absent, and protovalidate looks at it on fields only.
 */
function partRules(rules: FieldRules | undefined, whole: ReadRules, number: number, site: Site) {
  const at = whole.typed?.site.within(number) ?? site;
  const read = readRules(rules, at);
  return { read: { ...read, required: false, ignored: read.ignored || whole.ignored }, site: at };
}

function rulesIf<T>(read: ReadRules, kind: string): T | undefined {
  return read.typed?.kind === kind ? (read.typed.rules as unknown as T) : undefined; // The kind says what it is.
}
