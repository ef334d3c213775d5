import { create, createRegistry, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import type { Printable } from "@bufbuild/protoplugin";
import {
  FieldRulesSchema,
  type MessageRules,
  MessageRulesSchema,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { separated, text } from "../printing.ts";
import type { ReadRules } from "../rules/field-rules.ts";
import type { Site } from "../rules/site.ts";
import { expressionLiteral, ofCel, ruleOf, typesOf } from "./expressions.ts";
import { predefinedRules } from "./predefined.ts";
import { type Part, tryOnField, tryOnMessage } from "./trial.ts";

/** Returns the schema of a field, an item, a key or a value, with its expressions. */
export function withCel(
  type: Printable,
  field: DescField,
  part: Part,
  read: ReadRules,
  unlessZero: boolean,
): Printable {
  const predefined = predefinedRules(read, field.parent.file);
  if (read.cel.length + predefined.length === 0) return type;
  for (const { rule, site } of read.cel) {
    report(site, rule.id, tryOnField(field, part, create(FieldRulesSchema, { cel: [rule] }), undefined));
  }
  const subject = [
    `{ message: ${text(field.parent.typeName)}, field: ${text(field.name)}, part: ${text(part)}`,
    unlessZero ? `, unlessZero: ${zeroOf(field, part)} }` : " }",
  ];
  for (const { rule, site, alone, extension } of predefined) {
    report(site, rule.id, tryOnField(field, part, alone, createRegistry(extension)));
  }
  const literals = [
    ...read.cel.map(({ rule, site }) => expressionLiteral(rule, partPath(site))),
    ...predefined.map(({ rule, value, extension, site }) =>
      expressionLiteral(rule, `${partPath(site)}[${extension.typeName}]`, value),
    ),
  ];
  return [
    ofCel("withCel"),
    "(",
    typesOf(field.parent.file),
    ", ",
    subject,
    ", ",
    type,
    ", [",
    separated(literals),
    "])",
  ];
}

/** Returns the path of a rule from the rules of its item, key or value, to which the schema of the whole adds its own. */
function partPath({ rulePath }: Site): string {
  return rulePath.replace(/^(?:repeated\.items|map\.(?:keys|values))\./, "");
}

/**
 * Returns a literal of the zero to skip. For an enum it is the first value. An item is also skipped if it is -0, which
 * is not the zero of a single field.
 */
function zeroOf({ enum: type, scalar }: DescField, part: Part): string {
  const isReal = scalar === ScalarType.FLOAT || scalar === ScalarType.DOUBLE;
  const isNumber = type !== undefined || (isReal && part === "item");
  return isNumber ? String(type?.values[0]?.number ?? 0) : "true";
}

/** Returns the check of a message by its expressions, if there are any. */
export function messageCel(message: DescMessage, rules: MessageRules, site: Site): Printable[] {
  const F = MessageRulesSchema.field;
  const all = [
    ...rules.celExpression.map((text, at) => ({ rule: ruleOf(text), at: site.within(F.celExpression.number, at) })),
    ...rules.cel.map((rule, at) => ({ rule, at: site.within(F.cel.number, at) })),
  ];
  for (const { rule, at } of all) report(at, rule.id, tryOnMessage(message, rule));
  if (all.length === 0) return [];
  const literals = all.map(({ rule }) => expressionLiteral(rule));
  const name = text(message.typeName);
  return [[ofCel("messageCel"), "(", typesOf(message.file), ", ", name, ", [", separated(literals), "])"]];
}

function report(site: Site, id: string, failure: string | undefined): void {
  if (failure !== undefined) site.report(`the expression ${id} on ${site.desc.name} can't be used: ${failure}`);
}
