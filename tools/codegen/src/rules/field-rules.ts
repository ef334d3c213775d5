import { type DescField, type DescMessage, type DescOneof, isFieldSet, type Message } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import {
  type FieldRules,
  FieldRulesSchema,
  Ignore,
  oneof as oneofExtension,
  type Rule,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { ruleOf } from "../cel/expressions.ts";
import { optionOf } from "../option.ts";
import { checks, type RuleTable } from "./checks.ts";
import { declaredFieldRules, declaredMessageRules } from "./declared-rules.ts";
import type { Site } from "./site.ts";

/** The rules of `buf.validate` for a field, an item, a key or a value. */
export interface ReadRules {
  readonly required: boolean;
  /** True if no rule applies. */
  readonly ignored: boolean;
  /** True if the rules do not apply to zero. */
  readonly ignoreZero: boolean;
  /** The expressions in the order of protovalidate, with their source locations. */
  readonly cel: readonly { readonly rule: Rule; readonly site: Site }[];
  /** The rules of one kind, with its name in FieldRules, such as `field_mask`; undefined if there are none. */
  readonly typed: { readonly kind: string; readonly rules: Message; readonly site: Site } | undefined;
}

/** Reads the rules of a field. */
export function fieldRules(field: DescField, site: Site): ReadRules {
  const rules = declaredFieldRules(field);
  const read = readRules(rules, site);
  const isNamed = declaredMessageRules(field.parent).oneof.some(({ fields }) => fields.includes(field.name));
  // Source: "ignore" of a field that a message's oneof rule names is IGNORE_IF_ZERO_VALUE unless the field says it.
  return isNamed && !isFieldSet(rules, FieldRulesSchema.field.ignore) ? { ...read, ignoreZero: true } : read;
}

/** Reads rules of a field or a part of it. Reports those that are not supported. */
export function readRules(rules: FieldRules | undefined, site: Site): ReadRules {
  const ignored = rules?.ignore === Ignore.ALWAYS;
  if (!rules || ignored) return { required: false, ignored, ignoreZero: false, cel: [], typed: undefined };
  if (rules.$unknown?.length) site.unsupported("by an extension");
  const { required, ignore } = rules;
  const ignoreZero = ignore === Ignore.IF_ZERO_VALUE;
  return { required, ignored, ignoreZero, cel: expressions(rules, site), typed: typedRules(rules, site) };
}

function expressions({ cel, celExpression }: FieldRules, site: Site): ReadRules["cel"] {
  const F = FieldRulesSchema.field;
  return [
    ...cel.map((rule, index) => ({ rule, site: site.within(F.cel.number, index) })),
    ...celExpression.map((text, index) => ({
      rule: ruleOf(text),
      site: site.within(F.celExpression.number, index),
    })),
  ];
}

function typedRules({ type }: FieldRules, site: Site): ReadRules["typed"] {
  if (type.case === undefined) return undefined;
  const field = FieldRulesSchema.field[type.case];
  return { kind: field.name, rules: type.value, site: site.within(field.number) };
}

/**
 * Returns the checks of the rules of one kind. Reports rules of another kind.
 *
 * @param kind the name of the rules in FieldRules; a type that has no rules of its own has its full name
 * @param fix the path of the rules to use instead of those of another kind, from the rules that are read
 */
export function typedChecks(
  read: ReadRules,
  kind: string,
  table: RuleTable,
  site: Site,
  fix = kind,
): readonly Printable[] {
  if (!read.typed) return [];
  if (read.typed.kind !== kind) {
    const path = ["(buf.validate.field)", site.rulePath].filter(Boolean).join(".");
    const use = hasRules(fix) ? `use ${path}.${fix}` : `remove them, or use ${path}.cel`;
    site.report(`${site.desc.name} is not of type ${read.typed.kind}, but has rules for it: ${use}`);
    return [];
  }
  const schema = schemaOfRules(kind);
  return schema ? checks(schema, read.typed.rules, table, read.typed.site) : [];
}

const rulesByKind = new Map(FieldRulesSchema.fields.map(({ name, message }) => [name, message]));

/** Returns the message of the rules of a kind, such as StringRules; undefined if the kind has no rules. */
export function schemaOfRules(kind: string): DescMessage | undefined {
  return rulesByKind.get(kind);
}

function hasRules(path: string): boolean {
  return FieldRulesSchema.fields.some((field) => field.oneof && field.name === path.split(".").at(-1));
}

/** Returns true if one field of a oneof must be set. */
export function isOneofRequired(oneof: DescOneof): boolean {
  return optionOf(oneof, oneofExtension).required;
}

/** Returns the rules of a message, without those of its fields. */
export function messageRules(message: DescMessage) {
  return declaredMessageRules(message);
}
