import {
  type DescField,
  type DescMessage,
  type DescOneof,
  isMessage,
  type MessageShape,
  ScalarType,
} from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import type { Printable } from "@bufbuild/protoplugin";
import {
  type FieldRules,
  MapRulesSchema,
  RepeatedRulesSchema,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { withCel } from "../cel/print.ts";
import type { Part } from "../cel/trial.ts";
import { fieldKey } from "../names.ts";
import { call, ofSchema, text } from "../printing.ts";
import { mapRules, repeatedFloatRules, repeatedRules } from "../rules/collection-rules.ts";
import { fieldRules, type ReadRules, readRules, typedChecks } from "../rules/field-rules.ts";
import type { Site } from "../rules/site.ts";
import { type Element, elementOf, isKeyed, wrapped } from "./element.ts";
import { conditional, elementSchema, hasZero, kindName, partSchema, zeroTest } from "./element-schema.ts";
import { initialValue, scalarTypescript } from "./scalar.ts";
import { type Typed, zodType } from "./typed.ts";

/**
 * Returns the member of a field in the shape of its message: `string().default("")`.
 *
 * @param isNeeded true if the rules reject a message without the field
 */
export function fieldMember(field: DescField, isNeeded: boolean, site: Site): Typed {
  const read = fieldRules(field, site);
  const { js, type } = fieldType(field, read, site);
  if (isImplicit(field)) {
    if (isNeeded) return { js, type };
    return { js: [js, ".default(", initialValue(field), ")"], type: zodType("ZodDefault", type) };
  }
  if (isLegacyRequired(field) && !read.required) return { js: call("legacyRequired", js), type };
  if (read.required) return { js: isZeroed(elementOf(field)) ? call("required", js) : js, type };
  return { js: [js, ".optional()"], type: zodType("ZodOptional", type) };
}

/** Returns a schema with the name of its field in the .proto, if that is not the key in snake case. */
export function withName(desc: DescField | DescOneof, { js, type }: Typed): Typed {
  const derived = fieldKey(desc).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { js: derived === desc.name ? js : call("named", text(desc.name), js), type };
}

/** Returns true if the type of a value has a zero, which a field that can't be absent has if it is left out. */
function isZeroed(element: Element): boolean {
  if (element.kind !== "message") return true;
  return wrapped(element.message) !== undefined || element.message.typeName === "google.protobuf.FieldMask";
}

/** Returns true if a field has the label `required` of proto2. */
export function isLegacyRequired(field: DescField): boolean {
  return field.presence === Presence.LEGACY_REQUIRED;
}

/** Returns true if a field can't be absent. */
export function isImplicit(field: DescField): boolean {
  return field.fieldKind === "list" || field.fieldKind === "map" || field.presence === Presence.IMPLICIT;
}

/** Returns the schema of a field's value. */
export function fieldType(field: DescField, read: ReadRules, site: Site): Typed {
  if (field.fieldKind === "list") return listType(field, read, site);
  if (field.fieldKind === "map") return mapType(field, read, site);
  const element = elementOf(field);
  // A field that can be absent has no zero to ignore.
  if (!isImplicit(field)) {
    return checkedByCel(elementSchema(element, { ...read, ignoreZero: false }, site), field, "all", read, false);
  }
  const first = read.required ? [call("notZero", zeroTest(element))] : [];
  return checkedByCel(elementSchema(element, read, site, first), field, "all", read, read.ignoreZero);
}

function checkedByCel({ js, type }: Typed, field: DescField, part: Part, read: ReadRules, unlessZero: boolean): Typed {
  return { js: withCel(js, field, part, read, unlessZero), type };
}

function listType(field: DescField & { fieldKind: "list" }, read: ReadRules, site: Site): Typed {
  const fix = `repeated.items.${kindName(elementOf(field))}`;
  const isFloats = field.scalar === ScalarType.FLOAT;
  const own = typedChecks(read, "repeated", isFloats ? repeatedFloatRules : repeatedRules, site, fix);
  const rules = rulesIf(read, RepeatedRulesSchema);
  const items = partRules(rules?.items, read, RepeatedRulesSchema.field.items.number, site);
  const item = partType(elementOf(field), field, "item", items);
  const js = call("array", item.js, ...collectionChecks(own, read));
  return checkedByCel({ js, type: zodType("ZodArray", item.type) }, field, "all", read, read.ignoreZero);
}

function mapType(field: DescField & { fieldKind: "map" }, read: ReadRules, site: Site): Typed {
  const [keyKind, valueKind] = [kindName({ kind: "scalar", scalar: field.mapKey }), kindName(elementOf(field))];
  const fix = read.typed?.kind === keyKind && keyKind !== valueKind ? `map.keys.${keyKind}` : `map.values.${valueKind}`;
  const own = typedChecks(read, "map", mapRules, site, fix);
  const rules = rulesIf(read, MapRulesSchema);
  const keys = partRules(rules?.keys, read, MapRulesSchema.field.keys.number, site);
  const values = partRules(rules?.values, read, MapRulesSchema.field.values.number, site);
  const key = partType({ kind: "scalar", scalar: field.mapKey }, field, "key", keys);
  const value = partType(elementOf(field), field, "item", values);
  const entries = [key.js, value.js, ...collectionChecks(own, read)];
  const keyOf = scalarTypescript(field.mapKey) === "number" ? "Number" : "String";
  const js = isKeyed(field.mapKey) ? call("keyed", ...entries) : call("record", keyOf, ...entries);
  const type = zodType(isKeyed(field.mapKey) ? "ZodMap" : "ZodRecord", key.type, value.type);
  return checkedByCel({ js, type }, field, "all", read, read.ignoreZero);
}

/** Returns the schema of an item, a key or a value. */
function partType(element: Element, field: DescField, part: Part, { read, site }: { read: ReadRules; site: Site }) {
  const isSkippable = read.ignoreZero && hasZero(element);
  return checkedByCel(partSchema(element, read, site), field, part, read, isSkippable);
}

function collectionChecks(own: readonly Printable[], read: ReadRules): Printable[] {
  const first = read.required ? [call("notZero", ofSchema("isEmpty"))] : [];
  return [...first, ...conditional(own, read, ofSchema("isEmpty"))];
}

/**
 * Reads the rules of items, keys or values. If the rules of the field do not apply, these do not either. `required` has
 * no effect: an item is never absent, and protovalidate checks `required` only on fields.
 */
function partRules(rules: FieldRules | undefined, whole: ReadRules, number: number, site: Site) {
  const at = whole.typed?.site.within(number) ?? site;
  const read = readRules(rules, at);
  return { read: { ...read, required: false, ignored: read.ignored || whole.ignored }, site: at };
}

function rulesIf<D extends DescMessage>({ typed }: ReadRules, desc: D): MessageShape<D> | undefined {
  const rules = typed?.rules;
  return isMessage(rules, desc) ? rules : undefined;
}
