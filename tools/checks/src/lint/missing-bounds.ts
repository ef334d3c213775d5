import { type DescField, getOption, type Message, ScalarType } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldExtension,
  Ignore,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { type Element, elementOf, wrapped } from "@mesh/codegen/schema/element";
import { isBoundedPattern } from "./bounded-pattern.ts";

/** A part of a field that can have any size. */
export interface MissingBound {
  /** The part: `string`, `list`, `string of each item`. */
  readonly what: string;
  /** The rule that would bound it, with an example. Undefined if no rule can. */
  readonly rule?: string;
}

const strings: MissingBound = { what: "string", rule: "string.max_len or max_bytes, such as 4096" };
const bytes: MissingBound = { what: "bytes", rule: "bytes.max_len, such as 4096" };

/** Formats that limit the length of a string. An IPv6 address can have a zone of any length, an email any mailbox. */
const boundedFormats = ["uuid", "tuuid", "ulid", "hostname", "ipv4", "ip_prefix", "ipv4_prefix", "ipv6_prefix"].concat([
  "ip_with_prefixlen",
  "ipv4_with_prefixlen",
  "ipv6_with_prefixlen",
]);
const stringBounds = ["const", "in", "len", "max_len", "len_bytes", "max_bytes", ...boundedFormats];
const bytesBounds = ["const", "in", "len", "max_len", "ip", "ipv4", "ipv6", "uuid"];

/** Lists the missing bounds of a field, without those of the fields of its message. */
export function missingBounds(field: DescField): MissingBound[] {
  const rules = effective(getOption(field, fieldExtension));
  if (field.fieldKind === "list") {
    const own = rules?.type.case === "repeated" ? rules.type.value : undefined;
    const isBounded = own !== undefined && isSet(own, "repeated", ["max_items"]);
    const items = prefixed(unboundedElement(elementOf(field), effective(own?.items)), "repeated.items");
    return [...(isBounded ? [] : [{ what: "list", rule: "repeated.max_items, such as 100" }]), ...items];
  }
  if (field.fieldKind !== "map") return unboundedElement(elementOf(field), rules);
  const own = rules?.type.case === "map" ? rules.type.value : undefined;
  const isBounded = own !== undefined && isSet(own, "map", ["max_pairs"]);
  const key: Element = { kind: "scalar", scalar: field.mapKey };
  return [
    ...(isBounded ? [] : [{ what: "map", rule: "map.max_pairs, such as 100" }]),
    ...prefixed(unboundedElement(key, effective(own?.keys)), "map.keys"),
    ...prefixed(unboundedElement(elementOf(field), effective(own?.values)), "map.values"),
  ];
}

/** Returns the rules unless the field ignores them. `IGNORE_IF_ZERO_VALUE` still bounds: a zero value is small. */
function effective(rules: FieldRules | undefined): FieldRules | undefined {
  return rules?.ignore === Ignore.ALWAYS ? undefined : rules;
}

function prefixed(all: readonly MissingBound[], path: string): MissingBound[] {
  const part = path.replace(/^.*\./, "").replace(/s$/, "");
  return all.map(({ what, rule }) => ({ what: `${what} of each ${part}`, ...(rule && { rule: `${path}.${rule}` }) }));
}

function unboundedElement(element: Element, rules: FieldRules | undefined): MissingBound[] {
  if (element.kind === "enum") return [];
  if (element.kind === "scalar") return unboundedScalar(element.scalar, rules);
  const scalar = wrapped(element.message);
  return scalar === undefined ? unboundedMessage(element.message.typeName, rules) : unboundedScalar(scalar, rules);
}

function unboundedScalar(scalar: ScalarType, rules: FieldRules | undefined): MissingBound[] {
  if (scalar === ScalarType.STRING) return isBoundedBy(rules, "string", stringBounds) ? [] : [strings];
  if (scalar === ScalarType.BYTES) return isBoundedBy(rules, "bytes", bytesBounds) ? [] : [bytes];
  return [];
}

/** Lists the missing bounds of messages in google.protobuf, most of which no rule can bound. */
function unboundedMessage(typeName: string, rules: FieldRules | undefined): MissingBound[] {
  switch (typeName) {
    case "google.protobuf.FieldMask":
      return isBoundedBy(rules, "fieldMask", ["const"]) ? [] : [{ what: "list of paths" }];
    case "google.protobuf.Any":
      return [{ what: "Any" }];
    case "google.protobuf.Struct":
    case "google.protobuf.Value":
    case "google.protobuf.ListValue":
      return [{ what: "JSON" }];
    default:
      return [];
  }
}

function isBoundedBy(rules: FieldRules | undefined, kind: string, names: readonly string[]): boolean {
  if (rules?.type.case !== kind) return false;
  if (isSet(rules.type.value, kind, names)) return true;
  const pattern = "pattern" in rules.type.value ? rules.type.value.pattern : "";
  return isBoundedPattern(pattern);
}

function isSet(rules: Message, kind: string, names: readonly string[]): boolean {
  const schema = FieldRulesSchema.fields.find(({ localName }) => localName === kind)?.message;
  if (!schema) return false;
  const reflected: ReflectMessage = reflect(schema, rules);
  return reflected.fields.some(
    (rule) => names.includes(rule.name) && reflected.isSet(rule) && reflected.get(rule) !== false,
  );
}
