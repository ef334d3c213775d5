import { FieldMaskSchema } from "@bufbuild/protobuf/wkt";
import { call, literals } from "../printing.ts";
import type { RuleTable } from "./checks.ts";
import { messageValue } from "./time-rules.ts";
import { listed, silent } from "./values.ts";

/** The rules of field masks. */
export const fieldMaskRules: RuleTable = {
  const: (rules, field) => call("pathsConstant", literals(messageValue(rules, field, FieldMaskSchema).paths)),
  in: listed("pathsIn"),
  not_in: listed("pathsNotIn"),
  example: silent,
};
