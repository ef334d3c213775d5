import { create, type DescField, type DescMessage, hasOption } from "@bufbuild/protobuf";
import { type DescriptorProto, FeatureSet_FieldPresence as Presence } from "@bufbuild/protobuf/wkt";
import { RuntimeError, type Validator } from "@bufbuild/protovalidate";
import {
  type FieldRules,
  field as fieldRules,
  message as messageRules,
  oneof as oneofRules,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import type { Problem } from "../problem.ts";
import { declaredFieldRules } from "../rules/declared-rules.ts";

/**
 * Returns the names in the .proto of the fields and oneofs whose absence breaks a rule, by validating an empty message
 * with protovalidate. If protovalidate can't compile the rules, that is a problem. If an expression fails on the empty
 * message, no member counts as needed, but the schema still rejects a message that breaks the rule.
 */
export function neededMembers(message: DescMessage, validator: Validator, problems: Problem[]): Set<string> {
  const { names, complaint } = known.get(message.proto) ?? validateEmpty(message, validator);
  known.set(message.proto, { names, complaint });
  if (complaint) problems.push({ desc: message, text: `the rules can't be used: ${complaint}`, isSecondary: true });
  return names;
}

interface RuledField {
  readonly field: DescField;
  readonly key: string;
}

interface Needed {
  readonly names: Set<string>;
  /** Why the rules can't be compiled. */
  readonly complaint?: string | undefined;
}

/** Both plugins need the names, each with descriptors of its own that have the same source. */
const known = new WeakMap<DescriptorProto, Needed>();

function validateEmpty(message: DescMessage, validator: Validator): Needed {
  if (!hasRules(message)) return { names: new Set() };
  const verdicts = ofValidator.get(validator) ?? new Map<string, boolean>();
  ofValidator.set(validator, verdicts);
  const ruled = isIndependent(message)
    ? message.fields.filter(hasOwnRules).map((field) => ({ field, key: keyOf(field) }))
    : undefined;
  if (ruled?.every(({ key }) => verdicts.has(key))) {
    return { names: new Set(ruled.filter(({ key }) => verdicts.get(key)).map(({ field }) => memberName(field))) };
  }
  const result = validator.validate(message, create(message));
  const isWrong = result.kind === "error" && !(result.error instanceof RuntimeError);
  const violated = (result.violations ?? []).map(({ field }) => {
    const [member] = field;
    if (member?.kind === "field") return memberName(member);
    return member?.kind === "oneof" ? member.name : "";
  });
  const names = new Set(violated);
  if (result.kind !== "error") note(ruled ?? [], names, verdicts);
  return { names, complaint: isWrong ? result.error.message : undefined };
}

/** Returns the name of the oneof of a field, or its own. */
function memberName({ oneof, name }: DescField): string {
  return oneof?.name ?? name;
}

/** Whether the absence of a field breaks its rules, by the key of the field: most contracts repeat a few rules. */
export type Verdicts = Map<string, boolean>;

const ofValidator = new WeakMap<Validator, Verdicts>();

/** Lets a validator use the verdicts of another, whose contracts define the same rules. */
export function shareVerdicts(validator: Validator, verdicts: Verdicts): void {
  ofValidator.set(validator, verdicts);
}

/** Returns true if the absence of a field can break only rules of the field itself. */
function isIndependent(message: DescMessage): boolean {
  return !hasOption(message, messageRules) && !message.oneofs.some((oneof) => hasOption(oneof, oneofRules));
}

/** Notes the verdicts on fields. That on a needed oneof does not say which of its fields is the reason. */
function note(fields: readonly RuledField[], needed: ReadonlySet<string>, verdicts: Verdicts): void {
  for (const { field, key } of fields) {
    if (!field.oneof || !needed.has(field.oneof.name)) verdicts.set(key, needed.has(field.name));
  }
}

/** Returns the same for fields whose absence is judged alike: the type, the presence, and the rules as bytes. */
function keyOf(field: DescField): string {
  const { proto, presence, fieldKind } = field;
  const mapKey = fieldKind === "map" ? field.mapKey : undefined;
  const rules = proto.options?.$unknown?.filter(({ no }) => no === fieldRules.number) ?? [];
  const bytes = rules.map(({ data }) => Buffer.from(data).toString("latin1"));
  return [fieldKind, presence, mapKey, typeOf(field), proto.defaultValue, ...bytes].join("\0");
}

/** Returns what the rules of a field can depend on in its type. Most services declare enums and messages of their own. */
function typeOf(field: DescField): string {
  if (field.enum) return `enum ${field.enum.values.map(({ number }) => number).join()}`;
  if (field.message) return isForAnyMessage(declaredFieldRules(field)) ? "message" : field.message.typeName;
  return String(field.scalar);
}

/** Returns true if rules have the same meaning for all messages. */
function isForAnyMessage({ cel, celExpression, type, $unknown: others }: FieldRules): boolean {
  if (cel.length + celExpression.length > 0 || others?.length) return false;
  if (type.case !== "repeated") return type.case === undefined;
  const { items, $unknown: predefined } = type.value;
  return !predefined?.length && (!items || isForAnyMessage(items));
}

/**
 * Returns true if a message has rules that an absent field can break. Others are not validated, because protovalidate
 * takes minutes for a message that contains itself through many fields.
 */
function hasRules(message: DescMessage): boolean {
  return (
    hasOption(message, messageRules) ||
    message.oneofs.some((oneof) => hasOption(oneof, oneofRules)) ||
    message.fields.some(hasOwnRules)
  );
}

function hasOwnRules(field: DescField): boolean {
  return hasOption(field, fieldRules) || field.presence === Presence.LEGACY_REQUIRED;
}
