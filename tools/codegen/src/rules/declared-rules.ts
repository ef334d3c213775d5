import type { DescField, DescMessage } from "@bufbuild/protobuf";
import {
  type FieldRules,
  field as fieldExtension,
  type MessageRules,
  message as messageExtension,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { optionOf } from "../option.ts";

/** Returns `(buf.validate.field)` of a field. */
export function declaredFieldRules(field: DescField): FieldRules {
  return optionOf(field, fieldExtension);
}

/** Returns `(buf.validate.message)` of a message. */
export function declaredMessageRules(message: DescMessage): MessageRules {
  return optionOf(message, messageExtension);
}
