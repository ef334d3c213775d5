import { call, literals } from "../printing.ts";
import type { RuleTable } from "./checks.ts";
import { ruleValues, silent } from "./values.ts";

/** The rules of field masks. */
export const fieldMaskRules: RuleTable = {
  in: (rules, field) => call("pathsIn", literals(ruleValues(rules, field))),
  not_in: (rules, field) => call("pathsNotIn", literals(ruleValues(rules, field))),
  example: silent,
};
