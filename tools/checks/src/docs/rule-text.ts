import {
  type DescField,
  type DescMessage,
  type DescOneof,
  getOption,
  type Message,
  type Registry,
} from "@bufbuild/protobuf";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldExtension,
  Ignore,
  message as messageExtension,
  oneof as oneofExtension,
  type Rule,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { predefinedUses } from "../rules/predefined-rule.ts";
import { RuleSet } from "../rules/rule-set.ts";
import { type Html, html, type Part } from "./html.ts";
import { phrasesOf } from "./rule-phrases.ts";

/** Describes the rules of a field: `required`, `3 to 120 characters`. */
export function fieldRuleText(field: DescField, registry: Registry): Part[] {
  return ruleText(getOption(field, fieldExtension), registry);
}

/** Describes the rules of a message, without those of its fields. */
export function messageRuleText(message: DescMessage): Part[] {
  const { cel, celExpression, oneof } = getOption(message, messageExtension);
  const groups = oneof.map(({ fields, required }) => {
    return html`${required ? "exactly" : "at most"} one of ${fields.map((name, index) => html`${index > 0 && ", "}<code>${name}</code>`)} is set`;
  });
  return [...groups, ...expressions(cel, celExpression)];
}

/** Describes the rules of a oneof. */
export function oneofRuleText(oneof: DescOneof): Part[] {
  return getOption(oneof, oneofExtension).required ? ["one of them is required"] : [];
}

function ruleText(rules: FieldRules | undefined, registry: Registry): Part[] {
  if (!rules) return [];
  if (rules.ignore === Ignore.ALWAYS) return ["its rules are ignored"];
  return [
    ...(rules.required ? ["required"] : []),
    ...typedRuleText(rules, registry),
    ...expressions(rules.cel, rules.celExpression),
    ...(rules.ignore === Ignore.IF_ZERO_VALUE ? ["not checked for the zero value"] : []),
  ];
}

function typedRuleText({ type }: FieldRules, registry: Registry): Part[] {
  if (type.case === undefined) return [];
  const { message: schema, name } = FieldRulesSchema.field[type.case];
  if (!schema) return [];
  const rules: Message = type.value;
  const own = phrasesOf(new RuleSet(name, schema, rules));
  const defined = predefinedUses(rules, registry).map(({ text }) => html`<code>${text}</code>`);
  return [...own, ...defined, ...nested(type, registry)];
}

function nested(type: FieldRules["type"], registry: Registry): Html[] {
  const part = (name: string, rules: FieldRules | undefined) => {
    const texts = ruleText(rules, registry);
    return texts.length > 0 ? [html`${name}: ${texts.map((text, index) => [index > 0 && ", ", text])}`] : [];
  };
  if (type.case === "repeated") return part("each item", type.value.items);
  if (type.case !== "map") return [];
  return [...part("each key", type.value.keys), ...part("each value", type.value.values)];
}

function expressions(cel: readonly Rule[], celExpression: readonly string[]): Html[] {
  return [
    ...cel.map(({ message, expression }) => html`${message && `${message}: `}<code>${expression}</code>`),
    ...celExpression.map((expression) => html`<code>${expression}</code>`),
  ];
}
