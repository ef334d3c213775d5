import { type DescField, getOption, type Message, ScalarType } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldExtension,
  Ignore,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { translate, UntranslatableError } from "@mesh/codegen/rules/re2";
import { type Element, elementOf, wrapped } from "@mesh/codegen/schema/element";
import { isBoundedPattern } from "./bounded-pattern.ts";

/** What lets a value be as big as it likes, and how to bound it. */
export interface Unbounded {
  readonly what: string;
  readonly mend: string;
}

const texts: Unbounded = { what: "text", mend: "string.max_len or max_bytes, such as 4096" };
const bytes: Unbounded = { what: "bytes", mend: "bytes.max_len, such as 4096" };

/** Formats that say how long a text is at most; an IPv6 address may have a zone of any length, an email any mailbox. */
const boundedFormats = ["uuid", "tuuid", "ulid", "hostname", "ipv4", "ip_prefix", "ipv4_prefix", "ipv6_prefix"].concat([
  "ip_with_prefixlen",
  "ipv4_with_prefixlen",
  "ipv6_with_prefixlen",
]);
const stringBounds = ["const", "in", "len", "max_len", "len_bytes", "max_bytes", ...boundedFormats];
const bytesBounds = ["const", "in", "len", "max_len", "ip", "ipv4", "ipv6", "uuid"];

/** What is unbounded in a field, beside the fields of a message in it. */
export function unboundedIn(field: DescField): Unbounded[] {
  const rules = counting(getOption(field, fieldExtension));
  if (field.fieldKind === "list") {
    const own = rules?.type.case === "repeated" ? rules.type.value : undefined;
    const isBounded = own !== undefined && isSet(own, "repeated", ["max_items"]);
    const items = prefixed(unboundedElement(elementOf(field), counting(own?.items)), "repeated.items");
    return [...(isBounded ? [] : [{ what: "list", mend: "repeated.max_items, such as 100" }]), ...items];
  }
  if (field.fieldKind !== "map") return unboundedElement(elementOf(field), rules);
  const own = rules?.type.case === "map" ? rules.type.value : undefined;
  const isBounded = own !== undefined && isSet(own, "map", ["max_pairs"]);
  const key: Element = { kind: "scalar", scalar: field.mapKey };
  return [
    ...(isBounded ? [] : [{ what: "map", mend: "map.max_pairs, such as 100" }]),
    ...prefixed(unboundedElement(key, counting(own?.keys)), "map.keys"),
    ...prefixed(unboundedElement(elementOf(field), counting(own?.values)), "map.values"),
  ];
}

/** Rules that are ignored bound nothing; a zero value that is ignored is small. */
function counting(rules: FieldRules | undefined): FieldRules | undefined {
  return rules?.ignore === Ignore.ALWAYS ? undefined : rules;
}

function prefixed(all: readonly Unbounded[], path: string): Unbounded[] {
  const part = path.replace(/^.*\./, "").replace(/s$/, "");
  return all.map(({ what, mend }) => ({ what: `${what} of each ${part}`, mend: `${path}.${mend}` }));
}

function unboundedElement(element: Element, rules: FieldRules | undefined): Unbounded[] {
  if (element.kind === "enum") return [];
  if (element.kind === "scalar") return unboundedScalar(element.scalar, rules);
  const scalar = wrapped(element.message);
  return scalar === undefined ? unboundedMessage(element.message.typeName, rules) : unboundedScalar(scalar, rules);
}

function unboundedScalar(scalar: ScalarType, rules: FieldRules | undefined): Unbounded[] {
  if (scalar === ScalarType.STRING) return isBoundedBy(rules, "string", stringBounds) ? [] : [texts];
  if (scalar === ScalarType.BYTES) return isBoundedBy(rules, "bytes", bytesBounds) ? [] : [bytes];
  return [];
}

/** Messages of google.protobuf that hold what no rule bounds. */
function unboundedMessage(typeName: string, rules: FieldRules | undefined): Unbounded[] {
  const declared = "a message of your own, or accept it";
  switch (typeName) {
    case "google.protobuf.FieldMask":
      return isBoundedBy(rules, "fieldMask", ["const"]) ? [] : [{ what: "list of paths", mend: declared }];
    case "google.protobuf.Any":
      return [{ what: "Any", mend: declared }];
    case "google.protobuf.Struct":
    case "google.protobuf.Value":
    case "google.protobuf.ListValue":
      return [{ what: "JSON", mend: declared }];
    default:
      return [];
  }
}

function isBoundedBy(rules: FieldRules | undefined, kind: string, names: readonly string[]): boolean {
  if (rules?.type.case !== kind) return false;
  if (isSet(rules.type.value, kind, names)) return true;
  const pattern = "pattern" in rules.type.value ? rules.type.value.pattern : "";
  return pattern !== "" && isBounded(pattern);
}

function isSet(rules: Message, kind: string, names: readonly string[]): boolean {
  const schema = FieldRulesSchema.fields.find(({ localName }) => localName === kind)?.message;
  if (!schema) return false;
  const reflected: ReflectMessage = reflect(schema, rules);
  return reflected.fields.some(
    (rule) => names.includes(rule.name) && reflected.isSet(rule) && reflected.get(rule) !== false,
  );
}

function isBounded(pattern: string): boolean {
  try {
    return isBoundedPattern(translate(pattern).source);
  } catch (error) {
    if (error instanceof UntranslatableError) return false;
    throw error;
  }
}
