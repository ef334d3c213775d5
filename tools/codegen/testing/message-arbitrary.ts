import {
  create,
  type DescExtension,
  type DescField,
  type DescMessage,
  fromJson,
  type JsonValue,
  type Message,
  ScalarType,
  setExtension,
} from "@bufbuild/protobuf";
import { isReflectMessage, type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import {
  AnySchema,
  DurationSchema,
  FieldMaskSchema,
  FeatureSet_FieldPresence as Presence,
  timestampFromMs,
} from "@bufbuild/protobuf/wkt";
import fc from "fast-check";

/** The number of nested messages. */
const maxDepth = 2;

/** Changes a message. */
type Step = (message: ReflectMessage) => void;

/**
 * Returns an arbitrary of messages of protobuf-es. Each field and each extension is left out or set, also to zero.
 *
 * @param known the extensions of all messages
 */
export function messageArbitrary(
  desc: DescMessage,
  known: readonly DescExtension[] = [],
  depth = 0,
): fc.Arbitrary<Message> {
  const steps = desc.members.flatMap((member): fc.Arbitrary<Step>[] => {
    const fields = (member.kind === "oneof" ? member.fields : [member]).filter((field) => isReached(field, depth));
    if (fields.length === 0) return [];
    const set = fc.oneof(...fields.map((field) => step(field, known, depth)));
    const isRequired = member.kind === "field" && member.presence === Presence.LEGACY_REQUIRED;
    return [isRequired ? set : fc.option(set, { nil: () => {} })];
  });
  const own = known.filter((one) => one.extendee.typeName === desc.typeName && isReached(one, depth));
  const additions = own.map((one) => fc.option(extensionStep(one, known, depth), { nil: () => {} }));
  return wellKnown(desc) ?? fc.tuple(...steps, ...additions).map((all) => stepped(desc, all));
}

function stepped(desc: DescMessage, steps: readonly Step[]): Message {
  const message = reflect(desc, create(desc));
  for (const step of steps) step(message);
  return message.message;
}

/** Returns true for required fields, which are set at any depth. */
function isReached(field: DescField | DescExtension, depth: number): boolean {
  return !field.message || depth < maxDepth || field.presence === Presence.LEGACY_REQUIRED;
}

function step(field: DescField, known: readonly DescExtension[], depth: number): fc.Arbitrary<Step> {
  const value = single(field, known, depth);
  if (field.fieldKind === "list") {
    return fc.array(value, { maxLength: 3 }).map((items) => (message) => {
      for (const item of items) message.get(field).add(item as never); // The values have the type of the field.
    });
  }
  if (field.fieldKind !== "map") return value.map((one) => (message) => message.set(field, one as never));
  return fc.array(fc.tuple(scalar(field.mapKey), value), { maxLength: 3 }).map((entries) => (message) => {
    for (const [key, item] of entries) message.get(field).set(key as never, item as never);
  });
}

function extensionStep(extension: DescExtension, known: readonly DescExtension[], depth: number): fc.Arbitrary<Step> {
  const value = single(extension, known, depth).map((one) => (isReflectMessage(one) ? one.message : one));
  const whole = extension.fieldKind === "list" ? fc.array(value, { minLength: 1, maxLength: 3 }) : value;
  return whole.map(
    (one) =>
      ({ message }) =>
        setExtension(message, extension, one),
  );
}

function single(
  field: DescField | DescExtension,
  known: readonly DescExtension[],
  depth: number,
): fc.Arbitrary<unknown> {
  const { message } = field;
  if (message) return messageArbitrary(message, known, depth + 1).map((value) => reflect(message, value));
  if (field.enum)
    return fc.constantFrom(...field.enum.values.map(({ number }) => number), ...(field.enum.open ? [77] : []));
  return scalar(field.scalar ?? ScalarType.STRING);
}

/** Values of messages that our code converts, in the supported range: times are exact to the millisecond. */
function wellKnown(desc: DescMessage): fc.Arbitrary<Message> | undefined {
  switch (desc.typeName) {
    case "google.protobuf.Timestamp":
      return fc.oneof(fc.constantFrom(0, -1, 999), fc.integer({ min: -(2 ** 45), max: 2 ** 45 })).map(timestampFromMs);
    case "google.protobuf.Duration":
      return fc.constantFrom([0, 0], [1, 999_999_999], [-1, -1], [0, -5]).map(([seconds = 0, nanos = 0]) => {
        return create(DurationSchema, { seconds: BigInt(seconds), nanos });
      });
    case "google.protobuf.Any":
      return fc
        .constantFrom<[string, number[]][]>(["", []], ["a/no.Such", [8, 1]])
        .map(([typeUrl, bytes]) => create(AnySchema, { typeUrl, value: Uint8Array.from(bytes) }));
    case "google.protobuf.FieldMask":
      return fc
        .constantFrom<string[][]>([], ["a"], ["unit_price.b", "c"])
        .map((paths) => create(FieldMaskSchema, { paths }));
    case "google.protobuf.Struct":
      return fc.constantFrom<JsonValue[]>({}, { a: [1, null, { b: "" }] }).map((json) => fromJson(desc, json));
    case "google.protobuf.Value":
      return fc.constantFrom<JsonValue[]>(null, 0, "", false, [], {}, { a: [{}] }).map((json) => fromJson(desc, json));
    default:
      return undefined;
  }
}

function scalar(type: ScalarType): fc.Arbitrary<unknown> {
  switch (type) {
    case ScalarType.STRING:
      return fc.oneof(fc.constantFrom("", "a", "é👍", "__proto__"), fc.string({ unit: "binary", maxLength: 4 }));
    case ScalarType.BYTES:
      return fc.uint8Array({ maxLength: 3 });
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.FLOAT:
      return fc.oneof(fc.constantFrom(0, -0, 1, Number.NaN, Infinity), fc.float());
    case ScalarType.DOUBLE:
      return fc.oneof(fc.constantFrom(0, -0, 1, Number.NaN, -Infinity), fc.double());
    case ScalarType.INT64:
    case ScalarType.SINT64:
    case ScalarType.SFIXED64:
      return fc.oneof(fc.constantFrom(0n, -1n), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }));
    case ScalarType.UINT64:
    case ScalarType.FIXED64:
      return fc.oneof(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
    case ScalarType.UINT32:
    case ScalarType.FIXED32:
      return fc.oneof(fc.constantFrom(0, 1), fc.nat(2 ** 32 - 1));
    default:
      return fc.oneof(fc.constantFrom(0, -1), fc.integer());
  }
}
