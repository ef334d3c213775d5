import { create, type DescField, type DescMessage, type Message, ScalarType } from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import {
  AnySchema,
  DurationSchema,
  FeatureSet_FieldPresence as Presence,
  TimestampSchema,
  ValueSchema,
} from "@bufbuild/protobuf/wkt";

/** The messages that not all values of their fields make valid. */
const valids: readonly Message[] = [
  create(AnySchema, { typeUrl: "type.googleapis.com/no.Such", value: Uint8Array.of(8, 1) }),
  create(DurationSchema, { seconds: -1n, nanos: -5 }),
  // Dates are exact to the millisecond.
  create(TimestampSchema, { seconds: -2n, nanos: 5_000_000 }),
  create(ValueSchema, { kind: { case: "stringValue", value: "v" } }),
];

/** The number of nested messages in a sample. Deeper, only required fields are set. */
const maxDepth = 2;
/** The depth of required fields, because a message that requires itself is endless. */
const maxRequiredDepth = 10;

/** The number of fields up to which a nested message is filled. The samples of larger ones would become too large. */
const maxFields = 50;

/**
 * Returns a message in which every field has a value other than its default.
 *
 * @param variant the index of the field to set in each oneof
 */
export function sampleOf(desc: DescMessage, variant: number, depth = 0): Message {
  const valid = valids.find(({ $typeName }) => $typeName === desc.typeName);
  if (valid) return valid;
  const message = reflect(desc, create(desc));
  for (const member of desc.members) {
    const field = member.kind === "oneof" ? member.fields[variant % member.fields.length] : member;
    if (field && isSet(field, depth)) setField(message, field, variant, depth);
  }
  return message.message;
}

function isSet(field: DescField, depth: number): boolean {
  if (isRequired(field) && depth < maxRequiredDepth) return true;
  const isWide = field.parent.fields.length > maxFields;
  return isWide ? depth === 0 : depth < maxDepth || !field.message;
}

function isRequired({ presence }: DescField): boolean {
  return presence === Presence.LEGACY_REQUIRED;
}

function setField(message: ReflectMessage, field: DescField, variant: number, depth: number): void {
  const value = () => sampleValue(field, variant, depth);
  if (field.fieldKind === "list") {
    message.get(field).add(value());
    message.get(field).add(value());
  } else if (field.fieldKind === "map") {
    message.get(field).set(sampleKey(field.mapKey), value());
  } else {
    message.set(field, value());
  }
}

function sampleValue(field: DescField, variant: number, depth: number) {
  if (field.message) return reflect(field.message, sampleOf(field.message, variant, depth + 1));
  if (field.enum) return field.enum.values.at(-1)?.number ?? 0;
  return sampleScalar(field.scalar ?? ScalarType.STRING);
}

function sampleScalar(scalar: ScalarType) {
  switch (scalar) {
    case ScalarType.STRING:
      return "constructor";
    case ScalarType.BOOL:
      return true;
    case ScalarType.BYTES:
      return new Uint8Array([0, 255]);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return -1.5;
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return 4_294_967_295;
    case ScalarType.INT32:
    case ScalarType.SINT32:
    case ScalarType.SFIXED32:
      return -2_147_483_648;
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return 18_446_744_073_709_551_615n;
    default:
      return -9_223_372_036_854_775_808n;
  }
}

/** Returns a key for a map. An assignment to a text key `__proto__` would set the prototype of a plain object. */
function sampleKey(scalar: ScalarType) {
  const value = sampleScalar(scalar);
  return value instanceof Uint8Array || value === "constructor" ? "__proto__" : value;
}
