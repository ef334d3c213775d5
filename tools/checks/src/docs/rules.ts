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
import { Facts } from "@mesh/codegen/words/facts";
import { predefinedUses } from "../breaking/rules/predefined.ts";
import { type Html, html, type Part } from "./html.ts";
import { phrasesOf } from "./phrases.ts";

/** The rules of a field, in words: `must be set`, `3 to 120 characters`. */
export function fieldRulesInWords(field: DescField, registry: Registry): Part[] {
  return inWords(getOption(field, fieldExtension), registry);
}

/** The rules of a message beyond those of its fields. */
export function messageRulesInWords(message: DescMessage): Part[] {
  const { cel, celExpression, oneof } = getOption(message, messageExtension);
  const groups = oneof.map(({ fields, required }) => {
    return html`${required ? "exactly" : "at most"} one of ${fields.map((name, index) => html`${index > 0 && ", "}<code>${name}</code>`)} is set`;
  });
  return [...groups, ...expressions(cel, celExpression)];
}

/** The rules of a oneof. */
export function oneofRulesInWords(oneof: DescOneof): Part[] {
  return getOption(oneof, oneofExtension).required ? ["one of them must be set"] : [];
}

function inWords(rules: FieldRules | undefined, registry: Registry): Part[] {
  if (!rules) return [];
  if (rules.ignore === Ignore.ALWAYS) return ["its rules are switched off"];
  return [
    ...(rules.required ? ["must be set"] : []),
    ...typedInWords(rules, registry),
    ...expressions(rules.cel, rules.celExpression),
    ...(rules.ignore === Ignore.IF_ZERO_VALUE ? ["none of this counts for the zero value"] : []),
  ];
}

function typedInWords({ type }: FieldRules, registry: Registry): Part[] {
  if (type.case === undefined) return [];
  const { message: schema, name } = FieldRulesSchema.field[type.case];
  if (!schema) return [];
  const rules: Message = type.value;
  const own = phrasesOf(new Facts(name, schema, rules));
  const defined = predefinedUses(rules, registry).map(({ text }) => html`<code>${text}</code>`);
  return [...own, ...defined, ...nested(type, registry)];
}

function nested(type: FieldRules["type"], registry: Registry): Html[] {
  const part = (name: string, rules: FieldRules | undefined) => {
    const words = inWords(rules, registry);
    return words.length > 0 ? [html`${name}: ${words.map((word, index) => [index > 0 && ", ", word])}`] : [];
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
