import type { DescEnum } from "@bufbuild/protobuf";
import { descriptionOf } from "../comment.ts";
import { listOf, type RuleValues } from "./rule-values.ts";
import { all, any, type JsonSchema, oneOfValues } from "./schema.ts";

/** A value of an enum: its name. Where the contract lets through numbers that it does not name, these as numbers. */
export function enumSchema(desc: DescEnum, rules: RuleValues, named: JsonSchema): JsonSchema {
  if (desc.typeName === "google.protobuf.NullValue") return named;
  const allowed = rules.const === undefined ? listOf<number>(rules.in) : [Number(rules.const)];
  if (allowed.length > 0) return oneOfValues(allowed.flatMap((number) => spellings(desc, number)));
  const isClosed = rules.defined_only === true || !desc.open;
  const type = isClosed ? named : any(named, { type: "integer", format: "int32" });
  const banned = listOf<number>(rules.not_in).flatMap((number) => spellings(desc, number));
  return banned.length > 0 ? all(type, { not: oneOfValues(banned) }) : type;
}

/** The names of an enum, and what each means. */
export function enumDefinition(desc: DescEnum): JsonSchema {
  if (desc.typeName === "google.protobuf.NullValue") return { type: "null" };
  const meanings = desc.values.map((value) => [value.name, descriptionOf(value).replaceAll("\n", " ")] as const);
  const told = meanings.filter(([, meaning]) => meaning !== "").map(([name, meaning]) => `- \`${name}\`: ${meaning}`);
  const description = [descriptionOf(desc), told.join("\n")].filter((text) => text !== "").join("\n\n");
  return {
    title: desc.name,
    ...(description && { description }),
    ...(desc.deprecated && { deprecated: true }),
    type: "string",
    enum: meanings.map(([name]) => name),
  };
}

/** The names of a number, of which an alias gives it several; a number without a name stands for itself. */
function spellings(desc: DescEnum, number: number): unknown[] {
  const names = desc.values.filter((value) => value.number === number).map(({ name }) => name);
  return names.length > 0 ? names : [number];
}
