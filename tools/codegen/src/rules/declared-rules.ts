import { type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import {
  type FieldRules,
  field as fieldExtension,
  type MessageRules,
  message as messageExtension,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

const ofFields = new WeakMap<DescField, FieldRules>();
const ofMessages = new WeakMap<DescMessage, MessageRules>();

/** Returns `(buf.validate.field)` of a field. It is cached, because every generator of the field reads it. */
export function declaredFieldRules(field: DescField): FieldRules {
  const rules = ofFields.get(field) ?? getOption(field, fieldExtension);
  ofFields.set(field, rules);
  return rules;
}

/** Returns `(buf.validate.message)` of a message. It is cached, because every field of the message reads it. */
export function declaredMessageRules(message: DescMessage): MessageRules {
  const rules = ofMessages.get(message) ?? getOption(message, messageExtension);
  ofMessages.set(message, rules);
  return rules;
}
