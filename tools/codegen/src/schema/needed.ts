import { create, type DescMessage, hasOption } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { RuntimeError, type Validator } from "@bufbuild/protovalidate";
import {
  field as fieldRules,
  message as messageRules,
  oneof as oneofRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { Problem } from "../problem.ts";

/**
 * The fields and oneofs of a message, by their name in the .proto, whose absence breaks a rule. Protovalidate itself
 * judges a message in which nothing is set; a contract whose rules it can't compile is a problem. Where an expression
 * fails on that message, nothing is said to be needed: the schema still refuses what lacks it.
 */
export function neededMembers(message: DescMessage, validator: Validator, problems: Problem[]): Set<string> {
  if (!hasRules(message)) return new Set();
  const result = validator.validate(message, create(message));
  if (result.kind === "error" && !(result.error instanceof RuntimeError)) {
    problems.push({ desc: message, text: `the rules can't be used: ${result.error.message}`, isSecondary: true });
  }
  const names = (result.violations ?? []).map(({ field }) => {
    const [member] = field;
    if (member?.kind === "field") return member.oneof?.name ?? member.name;
    return member?.kind === "oneof" ? member.name : "";
  });
  return new Set(names);
}

/**
 * Whether a message says anything that its fields' absence can break. To judge one that does not takes protovalidate
 * minutes where many of its fields lead back to it.
 */
function hasRules(message: DescMessage): boolean {
  return (
    hasOption(message, messageRules) ||
    message.oneofs.some((oneof) => hasOption(oneof, oneofRules)) ||
    message.fields.some((field) => hasOption(field, fieldRules) || field.presence === Presence.LEGACY_REQUIRED)
  );
}
