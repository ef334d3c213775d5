import type { DescEnum } from "@bufbuild/protobuf";
import { descriptionOf } from "../comment.ts";
import { listOf, type RuleValues } from "./rule-values.ts";
import { all, any, type JsonSchema, oneOfValues } from "./schema.ts";
import type { Scope } from "./scope.ts";

/** Returns the schema of a value of an enum: its name, or a number without a name if the contract allows it. */
export function enumSchema(desc: DescEnum, rules: RuleValues, { isRequest, reference }: Scope): JsonSchema {
  const named = reference(desc);
  const spellings = (numbers: readonly number[]) => numbers.flatMap((number) => spellingsOf(desc, number, isRequest));
  if (desc.typeName === "google.protobuf.NullValue") return named;
  const allowed = rules.const === undefined ? listOf<number>(rules.in) : [Number(rules.const)];
  if (allowed.length > 0) return oneOfValues(spellings(allowed));
  const isClosed = rules.defined_only === true || !desc.open;
  const numbers = desc.values.map(({ number }) => number);
  const int32 = { type: "integer", format: "int32", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 };
  const type = isClosed ? any(named, ...(isRequest ? [oneOfValues(numbers)] : [])) : any(named, int32);
  const banned = spellings(listOf<number>(rules.not_in));
  return banned.length > 0 ? all(type, { not: oneOfValues(banned) }) : type;
}

/** Returns the schema of an enum, with its names and their descriptions. */
export function enumDefinition(desc: DescEnum): JsonSchema {
  if (desc.typeName === "google.protobuf.NullValue") return { type: "null" };
  const meanings = desc.values.map((value) => [value.name, descriptionOf(value).replaceAll("\n", " ")] as const);
  const items = meanings.filter(([, meaning]) => meaning !== "").map(([name, meaning]) => `- \`${name}\`: ${meaning}`);
  const description = [descriptionOf(desc), items.join("\n")].filter((text) => text !== "").join("\n\n");
  return {
    title: desc.name,
    ...(description && { description }),
    ...(desc.deprecated && { deprecated: true }),
    type: "string",
    enum: meanings.map(([name]) => name),
  };
}

/** Returns the names of a number, several if it has aliases, and the number itself if JSON may have it instead of a name. */
function spellingsOf(desc: DescEnum, number: number, isRequest: boolean): unknown[] {
  const names = desc.values.filter((value) => value.number === number).map(({ name }) => name);
  return names.length > 0 && !isRequest ? names : [...names, number];
}
