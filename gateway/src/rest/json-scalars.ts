import { type DescEnum, type DescExtension, type DescField, type JsonValue, ScalarType } from "@bufbuild/protobuf";
import { base64Pattern, integerPattern, isText, numberPattern, unpaired } from "@mesh/contracts/json-forms";

const number = new RegExp(numberPattern);
const integer = new RegExp(integerPattern);
const base64 = new RegExp(base64Pattern);
const notFinite: ReadonlySet<JsonValue> = new Set(["NaN", "Infinity", "-Infinity"]);

/** Returns what is wrong with a scalar of proto3 JSON, or undefined. */
export function scalarFault(scalar: ScalarType, value: JsonValue): string | undefined {
  if (isScalar(scalar, value)) return undefined;
  if (scalar === ScalarType.STRING) return typeof value === "string" ? unpaired : "must be a string";
  if (scalar === ScalarType.BYTES) return "must be bytes in base64";
  if (scalar === ScalarType.BOOL) return "must be true or false";
  if (!isWide(scalar)) return `must be a number of type ${nameOf(scalar)}`;
  // The number was rounded when the body was parsed.
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  return isRounded
    ? "must be in quotes, because it is beyond 2^53"
    : `must be an ${nameOf(scalar)}, in quotes if it is beyond 2^53`;
}

/** Returns what is wrong with the key of a map, or undefined. */
export function keyFault(scalar: ScalarType, key: string): string | undefined {
  if (scalar === ScalarType.STRING) return isText(key) ? undefined : unpaired;
  if (scalar === ScalarType.BOOL)
    return key === "true" || key === "false" ? undefined : "must have the key true or false";
  return integer.test(key) && key !== "-0" && isScalar(scalar, key)
    ? undefined
    : `must have a key that is an ${nameOf(scalar)}`;
}

/** Returns what is wrong with a value of an enum, which is a name or a number, or undefined. */
export function enumFault(desc: DescEnum, value: JsonValue): string | undefined {
  const isNamed = desc.values.some(({ name, jsonName }) => name === value || jsonName === value);
  const isNumber = typeof value === "number" && isWithin(ScalarType.INT32, value);
  const isKnown = isNumber && (desc.open || desc.values.some((known) => known.number === value));
  return isNamed || isKnown ? undefined : `must be a value of ${desc.name}, by name or number`;
}

/** Returns true for fields whose value can be null in JSON. In others, null means that the field is not set. */
export function isNullable({ message, enum: enumeration }: DescField | DescExtension): boolean {
  return message?.typeName === "google.protobuf.Value" || enumeration?.typeName === "google.protobuf.NullValue";
}

function isScalar(scalar: ScalarType, value: JsonValue): boolean {
  switch (scalar) {
    case ScalarType.STRING:
      return isText(value);
    case ScalarType.BYTES:
      return typeof value === "string" && base64.test(value);
    case ScalarType.BOOL:
      return typeof value === "boolean";
    case ScalarType.DOUBLE:
      return notFinite.has(value) || Number.isFinite(numberOf(value));
    case ScalarType.FLOAT:
      return notFinite.has(value) || Number.isFinite(Math.fround(numberOf(value)));
    default:
      return isWide(scalar) ? isWideInteger(scalar, value) : isWithin(scalar, numberOf(value));
  }
}

/** Returns the number that a value means; NaN if it is none. */
function numberOf(value: JsonValue): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && number.test(value) ? Number(value) : Number.NaN;
}

function isWideInteger(scalar: ScalarType, value: JsonValue): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && isWithin(scalar, value);
  if (typeof value !== "string" || value.length > 20 || !integer.test(value)) return false;
  return isWithin(scalar, BigInt(value)) && value !== "-0";
}

function isWithin(scalar: ScalarType, value: number | bigint): boolean {
  if (typeof value === "number" && !Number.isInteger(value)) return false;
  const bits = isWide(scalar) ? 64n : 32n;
  const [low, end] = isUnsigned(scalar) ? [0n, 2n ** bits] : [-(2n ** (bits - 1n)), 2n ** (bits - 1n)];
  return value >= low && value < end;
}

function isWide(scalar: ScalarType): boolean {
  return nameOf(scalar).endsWith("64");
}

function isUnsigned(scalar: ScalarType): boolean {
  return /^(?:uint|fixed)/.test(nameOf(scalar));
}

function nameOf(scalar: ScalarType): string {
  return ScalarType[scalar].toLowerCase();
}
