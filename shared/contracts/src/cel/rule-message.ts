import type { CelInput } from "@bufbuild/cel";
import { fromBinary } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { base64Decode } from "@bufbuild/protobuf/wire";
import type { CelTypes } from "./types.ts";

/** The value of a predefined rule that is a message or a list of messages; read when the first value is checked. */
export type RuleMessage = () => CelInput;

/** Makes the value of a rule from a message in base64. */
export function ruleMessage(types: CelTypes, typeName: string, value: string): RuleMessage {
  return () => {
    const desc = types.message(typeName);
    return reflect(desc, fromBinary(desc, base64Decode(value)));
  };
}

/** Makes the value of a repeated rule from messages in base64. */
export function ruleMessages(types: CelTypes, typeName: string, values: readonly string[]): RuleMessage {
  return () => values.map((value) => ruleMessage(types, typeName, value)());
}
