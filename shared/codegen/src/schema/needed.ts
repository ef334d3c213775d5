import { create, type DescMessage } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import type { Problem } from "../problem.ts";

const validator = createValidator();

/**
 * The fields and oneofs of a message, by their name in the .proto, whose absence breaks a rule. Protovalidate itself
 * judges a message in which nothing is set; a contract whose rules it can't compile is a problem.
 */
export function neededMembers(message: DescMessage, problems: Problem[]): Set<string> {
  const result = validator.validate(message, create(message));
  if (result.kind === "error") {
    problems.push({ desc: message, text: `the rules can't be used: ${result.error.message}`, isSecondary: true });
  }
  const names = (result.violations ?? []).map(({ field }) => {
    const [member] = field;
    if (member?.kind === "field") return member.oneof?.name ?? member.name;
    return member?.kind === "oneof" ? member.name : "";
  });
  return new Set(names);
}
