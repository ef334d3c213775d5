import type { RuleTable } from "./checks.ts";
import { counted, silent } from "./values.ts";

/** The rules of bytes. */
export const bytesRules: RuleTable = {
  len: counted("lengthOf"),
  min_len: counted("minLength"),
  max_len: counted("maxLength"),
  example: silent,
};
