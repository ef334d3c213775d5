import type { DescField } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import type { Printable } from "@bufbuild/protoplugin";
import {
  type MapRules,
  MapRulesSchema,
  type RepeatedRules,
  RepeatedRulesSchema,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { fieldKey } from "../names.ts";
import { call, ofSchema, text } from "../printing.ts";
import { checks } from "../rules/checks.ts";
import { mapRules, repeatedRules } from "../rules/collection-rules.ts";
import { fieldRules, type ReadRules, readRules } from "../rules/field-rules.ts";
import type { Site } from "../rules/site.ts";
import { elementOf, isKeyed } from "./element.ts";
import { conditional, elementSchema, isZeroOf } from "./element-schema.ts";
import { initialValue, scalarTypescript } from "./scalar.ts";

/** The entry of a field in the schema of its message: `implicit("id", "id", z.string(), "")`. */
export function fieldEntry(field: DescField, site: Site): Printable {
  const read = fieldRules(field, site);
  const names = [text(fieldKey(field)), text(field.name)];
  if (isImplicit(field)) return call("implicit", ...names, fieldType(field, read, site), initialValue(field));
  return call(read.required ? "required" : "optional", ...names, fieldType(field, read, site));
}

/** Whether a field can't be absent. */
export function isImplicit(field: DescField): boolean {
  return field.fieldKind === "list" || field.fieldKind === "map" || field.presence === Presence.IMPLICIT;
}

/** The schema of a field's value. */
export function fieldType(field: DescField, read: ReadRules, site: Site): Printable {
  if (field.fieldKind === "list") return listType(field, read, site);
  if (field.fieldKind === "map") return mapType(field, read, site);
  const isZero = field.fieldKind === "scalar" ? isZeroOf(field.scalar) : "isZero";
  const first = isImplicit(field) && read.required ? [call("notZero", ofSchema(isZero))] : [];
  return elementSchema(elementOf(field), isImplicit(field) ? read : { ...read, ignoreZero: false }, site, first);
}

function listType(field: DescField & { fieldKind: "list" }, read: ReadRules, site: Site): Printable {
  const rules = rulesOfKind<RepeatedRules>(read, "repeated", site);
  const own = rules ? checks(RepeatedRulesSchema, rules, repeatedRules, site) : [];
  const item = elementSchema(elementOf(field), readRules(rules?.items, site), site);
  return call("list", item, ...requiredFirst(read), ...conditional(own, read, "isEmpty"));
}

function mapType(field: DescField & { fieldKind: "map" }, read: ReadRules, site: Site): Printable {
  const rules = rulesOfKind<MapRules>(read, "map", site);
  const own = rules ? checks(MapRulesSchema, rules, mapRules, site) : [];
  const key = elementSchema({ kind: "scalar", scalar: field.mapKey }, readRules(rules?.keys, site), site);
  const value = elementSchema(elementOf(field), readRules(rules?.values, site), site);
  const all = [...requiredFirst(read), ...conditional(own, read, "isEmpty")];
  if (isKeyed(field.mapKey)) return call("keyed", key, value, ...all);
  const keyOf = scalarTypescript(field.mapKey) === "number" ? "Number" : "String";
  return call("record", keyOf, key, value, ...all);
}

function requiredFirst(read: ReadRules): Printable[] {
  return read.required ? [call("notZero", ofSchema("isEmpty"))] : [];
}

function rulesOfKind<T>(read: ReadRules, kind: string, site: Site): T | undefined {
  if (read.rules && read.kind !== kind) {
    site.report(`${site.desc.name} has rules for ${read.kind}, but it is ${kind}: use (buf.validate.field).${kind}`);
    return undefined;
  }
  return read.rules as T | undefined; // The kind says which message it is.
}
