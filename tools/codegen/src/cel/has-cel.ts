import type { DescMessage } from "@bufbuild/protobuf";
import type { FieldRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { declaredFieldRules, declaredMessageRules } from "../rules/declared-rules.ts";

/** Returns true if a message or its fields have expressions. */
export function hasCel(message: DescMessage): boolean {
  const { cel, celExpression } = declaredMessageRules(message);
  if (cel.length + celExpression.length > 0) return true;
  return message.fields.some((field) => hasExpressions(declaredFieldRules(field)));
}

function hasExpressions(rules: FieldRules | undefined): boolean {
  if (!rules) return false;
  const { cel, celExpression, type } = rules;
  if (cel.length + celExpression.length > 0 || type.value?.$unknown?.length) return true;
  if (type.case === "repeated") return hasExpressions(type.value.items);
  return type.case === "map" && (hasExpressions(type.value.keys) || hasExpressions(type.value.values));
}
