import { type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import {
  type FieldRules,
  field as fieldExtension,
  type MessageRules,
  message as messageExtension,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";

const ofFields = new WeakMap<DescField, FieldRules>();
const ofMessages = new WeakMap<DescMessage, MessageRules>();

/** What a field states in `(buf.validate.field)`: read once, as everything that is generated of the field asks for it. */
export function statedFieldRules(field: DescField): FieldRules {
  const rules = ofFields.get(field) ?? getOption(field, fieldExtension);
  ofFields.set(field, rules);
  return rules;
}

/** What a message states in `(buf.validate.message)`: read once, as every field of it asks for it. */
export function statedMessageRules(message: DescMessage): MessageRules {
  const rules = ofMessages.get(message) ?? getOption(message, messageExtension);
  ofMessages.set(message, rules);
  return rules;
}
