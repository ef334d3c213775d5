import type { DescMessage, Registry } from "@bufbuild/protobuf";
import type { FieldViolation } from "@mesh/contracts";
import type { FieldPath, Violation, Violations } from "@mesh/contracts/protocols/buf/validate/index";
import { pathElements, pathText } from "./field-path.ts";

/**
 * Returns violations as implementations of protovalidate report them.
 *
 * @param input the full name of the message whose fields the violations name
 * @param registry has descriptors; fields of messages that it lacks have no numbers and types
 */
export function toRuleViolations(
  violations: readonly FieldViolation[],
  input: string,
  registry: Registry | undefined,
): Violations {
  const message = registry?.getMessage(input);
  const rules = registry?.getMessage("buf.validate.FieldRules");
  const pathOf = (path: string, root: DescMessage | undefined): FieldPath | undefined =>
    path === "" ? undefined : { elements: pathElements(path, root, registry) };
  return {
    violations: violations.map(({ field, description, rule, rulePath = rule, forKey = false }) => ({
      field: pathOf(field, message),
      rule: pathOf(rulePath, rules),
      ruleId: rule,
      message: description,
      forKey,
    })),
  };
}

/** Returns a violation that another process reports. */
export function fromRuleViolation({ field, rule, ruleId = "", message = "", forKey }: Violation): FieldViolation {
  const rulePath = pathText(rule?.elements ?? []);
  return {
    field: pathText(field?.elements ?? []),
    description: message,
    rule: ruleId,
    ...(rulePath !== ruleId && { rulePath }),
    ...(forKey && { forKey }),
  };
}
