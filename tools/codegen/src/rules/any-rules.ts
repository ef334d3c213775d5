import type { RuleTable } from "./checks.ts";
import { listed } from "./values.ts";

/** The rules of google.protobuf.Any. */
export const anyRules: RuleTable = { in: listed("typeIn"), not_in: listed("typeNotIn") };
