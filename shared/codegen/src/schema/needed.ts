import { create, type DescMessage } from "@bufbuild/protobuf";
import { RuntimeError, type Validator } from "@bufbuild/protovalidate";
import type { Problem } from "../problem.ts";

/**
 * The fields and oneofs of a message, by their name in the .proto, whose absence breaks a rule. Protovalidate itself
 * judges a message in which nothing is set; a contract whose rules it can't compile is a problem. Where an expression
 * fails on that message, nothing is said to be needed: the schema still refuses what lacks it.
 */
export function neededMembers(message: DescMessage, validator: Validator, problems: Problem[]): Set<string> {
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
