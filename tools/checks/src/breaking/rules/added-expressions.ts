import type { Rule } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

/** Rules with CEL expressions: those of a field or of a message. */
interface WithExpressions {
  readonly $typeName: string;
  readonly cel: readonly Rule[];
  readonly celExpression: readonly string[];
}

/** The numbers of `cel` and `cel_expression`. Source: validate.proto */
const numbers = new Map([
  ["buf.validate.FieldRules", [23, 29]],
  ["buf.validate.MessageRules", [3, 5]],
]);

/** Finds the expressions that are new or changed. They count as tighter, because their verdicts can't be compared. */
export function addedExpressions(
  was: WithExpressions | undefined,
  is: WithExpressions,
  { option, part }: { readonly option: readonly number[]; readonly part: string },
) {
  const [cel = 0, celExpression = 0] = numbers.get(is.$typeName) ?? [];
  const known = new Set([...(was?.cel.map(({ expression }) => expression) ?? []), ...(was?.celExpression ?? [])]);
  const now = [
    ...is.cel.map(({ id, expression }, index) => ({ id, expression, option: [...option, cel, index] })),
    ...is.celExpression.map((text, index) => ({ id: "", expression: text, option: [...option, celExpression, index] })),
  ];
  return now
    .filter(({ expression }) => !known.has(expression))
    .map(({ id, expression, option: path }) => {
      const before = id === "" ? undefined : was?.cel.find((rule) => rule.id === id)?.expression;
      return {
        option: path,
        part,
        is: `cel ${quoted(expression)}`,
        was: before === undefined ? "" : `cel ${quoted(before)}`,
      };
    });
}

function quoted(expression: string): string {
  return JSON.stringify(expression.replace(/\s+/g, " ").trim());
}
