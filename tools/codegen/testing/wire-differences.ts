import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { isReflectMessage, type ReflectMessage } from "@bufbuild/protobuf/reflect";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { NullValue, type Timestamp, type Value } from "@bufbuild/protobuf/wkt";

/** All cases in which our decoder and protobuf-es disagree on purpose, with the reason. */
export const differences = {
  wireType:
    "a field with a wire type of another type is unknown, as in C++; protobuf-es reads it as if the type fitted",
  utf8: "a string that is not UTF-8 is rejected, even without utf8_validation: JavaScript could only change it",
  longVarint: "a varint of an unknown field has at most ten bytes, as in C++; protobuf-es skips any number of them",
  closedEnum: "an unknown number of a closed enum stays in its field, so that it is not lost; its schema rejects it",
  timestamp: "a Timestamp is a Date, which has no digits below a millisecond and no times that Date can't hold",
  emptyValue:
    "a Value without a kind is null, and so is one with another number of NullValue: every surface can return it",
} as const;

/** A kind of difference. */
export type Difference = keyof typeof differences;

/** The way in which a field is written. */
interface Spec {
  readonly wireTypes: readonly WireType[];
  /** The fields of a message, or of the entry of a map. */
  readonly inside?: () => ReadonlyMap<number, Spec>;
  /** The fields of a google.protobuf.Value, or of the entry of a map that has one, of which one is needed. */
  readonly needed?: readonly number[];
  /** A string that protobuf-es reads without checking it. */
  readonly isLoose?: boolean;
  /** The enum of a single field that takes only known numbers. */
  readonly closed?: DescEnum | undefined;
}

/** Returns the difference that the bytes of a message have; undefined: none, or they are malformed. */
export function differenceInBytes(desc: DescMessage, bytes: Uint8Array): Difference | undefined {
  const reader = new BinaryReader(bytes);
  try {
    return scan(specOfMessage(desc, WireType.LengthDelimited), reader, () => reader.pos >= bytes.length);
  } catch {
    return undefined;
  }
}

function scan(spec: Spec, reader: BinaryReader, isOver: () => boolean, group?: number): Difference | undefined {
  const specs = spec.inside?.();
  let isEmpty = spec.needed !== undefined;
  while (!isOver()) {
    const [number, wireType] = reader.tag();
    if (wireType === WireType.EndGroup && number === group) break;
    const found = scanField(specs?.get(number), reader, number, wireType);
    if (found) return found;
    if (spec.needed?.includes(number)) isEmpty = false;
  }
  return isEmpty ? "emptyValue" : undefined;
}

function scanField(
  spec: Spec | undefined,
  reader: BinaryReader,
  number: number,
  wireType: WireType,
): Difference | undefined {
  const start = reader.pos;
  if (!spec) {
    const { length } = reader.skip(wireType, number);
    return wireType === WireType.Varint && length > 10 ? "longVarint" : undefined;
  }
  if (!spec.wireTypes.includes(wireType)) return "wireType";
  if (spec.inside && wireType === WireType.StartGroup) return scan(spec, reader, () => false, number);
  if (spec.inside) {
    const end = reader.uint32() + reader.pos;
    return scan(spec, reader, () => reader.pos >= end);
  }
  const [itemType = wireType] = spec.wireTypes;
  if (wireType !== itemType) return skipPacked(reader, itemType);
  reader.skip(wireType, number);
  const end = reader.pos;
  reader.pos = start;
  if (spec.isLoose && !isUtf8(reader.bytes())) return "utf8";
  if (spec.closed && !spec.closed.value[reader.int32()]) return "closedEnum";
  reader.pos = end;
  return undefined;
}

/** Skips the items of a packed list. The last one may end after the list, to both decoders. */
function skipPacked(reader: BinaryReader, itemType: WireType): undefined {
  const end = reader.uint32() + reader.pos;
  while (reader.pos < end) reader.skip(itemType);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const specs = new WeakMap<DescMessage, ReadonlyMap<number, Spec>>();

function specsOf(desc: DescMessage): ReadonlyMap<number, Spec> {
  const known = specs.get(desc) ?? new Map(desc.fields.map((field) => [field.number, specOf(field)]));
  specs.set(desc, known);
  return known;
}

function specOf(field: DescField): Spec {
  const value = singleOf(field);
  const isPackable = field.fieldKind === "list" && !field.message && value.wireTypes[0] !== WireType.LengthDelimited;
  if (isPackable) return { wireTypes: [...value.wireTypes, WireType.LengthDelimited] };
  if (field.fieldKind !== "map") return value;
  const isLoose = field.mapKey === ScalarType.STRING && !field.utf8Validation;
  const entry = new Map([
    [1, { wireTypes: [wireTypeOf(field.mapKey)], isLoose }],
    [2, value],
  ]);
  return { wireTypes: [WireType.LengthDelimited], inside: () => entry, ...(value.needed ? { needed: [2] } : {}) };
}

function singleOf(field: DescField): Spec {
  const { message, scalar = ScalarType.INT32 } = field;
  if (!message) {
    const closed = field.fieldKind === "enum" && !field.enum.open ? field.enum : undefined;
    return { wireTypes: [wireTypeOf(scalar)], isLoose: scalar === ScalarType.STRING && !field.utf8Validation, closed };
  }
  const isGroup = "delimitedEncoding" in field && field.delimitedEncoding;
  return specOfMessage(message, isGroup ? WireType.StartGroup : WireType.LengthDelimited);
}

function specOfMessage(desc: DescMessage, wireType: WireType): Spec {
  const spec = { wireTypes: [wireType], inside: () => specsOf(desc) };
  return desc.typeName === "google.protobuf.Value"
    ? { ...spec, needed: desc.fields.map(({ number }) => number) }
    : spec;
}

function wireTypeOf(scalar: ScalarType): WireType {
  switch (scalar) {
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return WireType.LengthDelimited;
    case ScalarType.DOUBLE:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return WireType.Bit64;
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return WireType.Bit32;
    default:
      return WireType.Varint;
  }
}

/** Returns the difference that a message of protobuf-es has; undefined: none. */
export function differenceInMessage(message: ReflectMessage): Difference | undefined {
  if (message.desc.typeName === "google.protobuf.Timestamp" && !isExactDate(message.message as Timestamp)) {
    return "timestamp";
  }
  if (message.desc.typeName === "google.protobuf.Value" && isOddNull(message.message as Value)) return "emptyValue";
  for (const field of message.fields.filter((one) => message.isSet(one))) {
    for (const value of valuesOf(message, field)) {
      if (isReflectMessage(value)) {
        const found = differenceInMessage(value);
        if (found) return found;
      }
    }
  }
  return undefined;
}

function isOddNull({ kind }: Value): boolean {
  return kind.case === "nullValue" && kind.value !== NullValue.NULL_VALUE;
}

function valuesOf(message: ReflectMessage, field: DescField): Iterable<unknown> {
  if (field.fieldKind === "list") return message.get(field);
  if (field.fieldKind === "map") return message.get(field).values();
  return [message.get(field)];
}

function isExactDate({ seconds, nanos }: Timestamp): boolean {
  const isWhole = nanos >= 0 && nanos < 1e9 && nanos % 1e6 === 0;
  return isWhole && seconds >= -8_640_000_000_000n && seconds < 8_640_000_000_000n;
}
