import { type DescField, type DescOneof, getOption, isFieldSet, type Message } from "@bufbuild/protobuf";
import {
  type FieldRules,
  FieldRulesSchema,
  field as fieldExtension,
  Ignore,
  oneof as oneofExtension,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { Site } from "./site.ts";

/** What `buf.validate` says of a field, an item, a key or a value. */
export interface ReadRules {
  readonly required: boolean;
  /** Whether no rule counts at all; the rules are not even looked at then. */
  readonly ignored: boolean;
  readonly ignoreZero: boolean;
  /** The rules of one kind: `StringRules`; undefined: none. */
  readonly rules: Message | undefined;
  /** The kind that the rules are for: `string`. */
  readonly kind: string | undefined;
}

const none: ReadRules = { required: false, ignored: false, ignoreZero: false, rules: undefined, kind: undefined };

/** Reads the rules of a field. */
export function fieldRules(field: DescField, site: Site): ReadRules {
  return readRules(getOption(field, fieldExtension), site);
}

/** Whether exactly one field of a oneof must be set. */
export function isOneofRequired(oneof: DescOneof): boolean {
  return getOption(oneof, oneofExtension).required;
}

/** Reads rules, wherever they stand; what can't be expressed is reported. */
export function readRules(rules: FieldRules | undefined, site: Site): ReadRules {
  if (!rules) return none;
  const ignored = rules.ignore === Ignore.ALWAYS;
  if (!ignored && (rules.cel.length > 0 || rules.celExpression.length > 0)) site.unsupported("cel");
  return {
    required: rules.required && !ignored,
    ignored,
    ignoreZero: rules.ignore === Ignore.IF_ZERO_VALUE,
    rules: ignored ? undefined : rules.type.value,
    kind: ignored ? undefined : rules.type.case,
  };
}

/** Whether a field says itself when it is ignored; a message's oneof rule else says it for its fields. */
export function saysIgnore(field: DescField): boolean {
  return isFieldSet(getOption(field, fieldExtension), FieldRulesSchema.field.ignore);
}
