import { call, text } from "../printing.ts";
import type { RuleTable } from "./checks.ts";
import { counted, membership, ruleValue, silent, switched, valued } from "./values.ts";

/** The rules of texts. */
export const stringRules: RuleTable = {
  ...membership("string"),
  len: counted("len"),
  min_len: counted("minLen"),
  max_len: counted("maxLen"),
  len_bytes: counted("lenBytes"),
  min_bytes: counted("minBytes"),
  max_bytes: counted("maxBytes"),
  pattern: (rules, field) => {
    const source = String(ruleValue(rules, field));
    return call("pattern", new RegExp(source, "u").toString(), text(source));
  },
  prefix: valued("prefix"),
  suffix: valued("suffix"),
  contains: valued("contains"),
  not_contains: valued("notContains"),
  email: switched("email"),
  uuid: switched("uuid"),
  strict: silent,
};
