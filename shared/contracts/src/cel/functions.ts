import { type CelFunc, type CelInput, CelScalar, celFromScalar, celFunc, celMethod, listType } from "@bufbuild/cel";
import { create } from "@bufbuild/protobuf";
import { isReflectMessage } from "@bufbuild/protobuf/reflect";
import { isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { isEmail } from "../schema/rules/format.ts";
import { isHost, isHostAndPort, isHostname } from "../schema/rules/host.ts";
import { isIpv4, isIpv4Prefix, isIpv6, isIpv6Prefix } from "../schema/rules/ip.ts";
import { isUnique } from "../schema/rules/repeated.ts";
import { isUri, isUriReference } from "../schema/rules/uri.ts";

const { BOOL, BYTES, DOUBLE, DYN, INT, STRING, UINT } = CelScalar;

/** The functions that protovalidate adds to CEL. Source: https://protovalidate.com/reference/cel_extensions */
export const functions: readonly CelFunc[] = [
  celMethod("isNan", DOUBLE, [], BOOL, function () {
    return Number.isNaN(this);
  }),
  celMethod("isInf", DOUBLE, [], BOOL, function () {
    return isInfinite(this, 0n);
  }),
  celMethod("isInf", DOUBLE, [INT], BOOL, function (sign) {
    return isInfinite(this, sign);
  }),
  ofText("isHostname", isHostname),
  ofText("isEmail", isEmail),
  ofText("isUri", isUri),
  ofText("isUriRef", isUriReference),
  celMethod("isHostAndPort", STRING, [BOOL], BOOL, function (portRequired) {
    return isHostAndPort(this) || (!portRequired && isHost(this));
  }),
  ofText("isIp", (text) => isIp(text, 0n)),
  celMethod("isIp", STRING, [INT], BOOL, function (version) {
    return isIp(this, version);
  }),
  ofText("isIpPrefix", (text) => isIpPrefix(text, 0n, false)),
  celMethod("isIpPrefix", STRING, [INT], BOOL, function (version) {
    return isIpPrefix(this, version, false);
  }),
  celMethod("isIpPrefix", STRING, [BOOL], BOOL, function (strict) {
    return isIpPrefix(this, 0n, strict);
  }),
  celMethod("isIpPrefix", STRING, [INT, BOOL], BOOL, function (version, strict) {
    return isIpPrefix(this, version, strict);
  }),
  ...[UINT, INT, STRING, BOOL, DOUBLE, BYTES].map((item) =>
    celMethod("unique", listType(item), [], BOOL, function () {
      return isUnique(Array.from(this as Iterable<unknown>, comparable));
    }),
  ),
  celFunc("getField", [DYN, STRING], DYN, getField),
  celMethod("contains", BYTES, [BYTES], BOOL, function (part) {
    return indexOf(this, part) >= 0;
  }),
  celMethod("startsWith", BYTES, [BYTES], BOOL, function (part) {
    return isAt(this, part, 0);
  }),
  celMethod("endsWith", BYTES, [BYTES], BOOL, function (part) {
    return isAt(this, part, this.length - part.length);
  }),
];

function ofText(name: string, test: (text: string) => boolean): CelFunc {
  return celMethod(name, STRING, [], BOOL, function () {
    return test(this);
  });
}

function isInfinite(value: number, sign: bigint): boolean {
  return (sign >= 0n && value === Infinity) || (sign <= 0n && value === -Infinity);
}

function isIp(text: string, version: bigint): boolean {
  const [isAny, is4, is6] = [version === 0n, version === 4n, version === 6n];
  return ((isAny || is4) && isIpv4(text)) || ((isAny || is6) && isIpv6(text));
}

function isIpPrefix(text: string, version: bigint, strict: boolean): boolean {
  const [isAny, is4, is6] = [version === 0n, version === 4n, version === 6n];
  return ((isAny || is4) && isIpv4Prefix(text, strict)) || ((isAny || is6) && isIpv6Prefix(text, strict));
}

/** CEL's unsigned numbers are objects. */
function comparable(item: unknown): unknown {
  const isBoxed = typeof item === "object" && item !== null && !(item instanceof Uint8Array) && "value" in item;
  return isBoxed ? item.value : item;
}

/** Returns a field by its name, for names that are reserved in CEL. */
function getField(message: unknown, name: string): CelInput {
  if (!isReflectMessage(message)) throw new Error("getField is for messages only");
  const field = message.fields.find((candidate) => candidate.name === name);
  if (!field) throw new Error(`field ${name} not found on ${message.desc.toString()}`);
  switch (field.fieldKind) {
    case "list":
    case "map":
      return message.get(field);
    case "enum":
      return BigInt(message.get(field));
    case "scalar":
      return celFromScalar(field.scalar, message.get(field));
    case "message":
      if (message.isSet(field)) return message.get(field);
      return isWrapperDesc(field.message) ? null : create(field.message);
    default:
      return field satisfies never;
  }
}

function indexOf(bytes: Uint8Array, part: Uint8Array): number {
  for (let start = 0; start + part.length <= bytes.length; start++) if (isAt(bytes, part, start)) return start;
  return -1;
}

function isAt(bytes: Uint8Array, part: Uint8Array, start: number): boolean {
  return start >= 0 && part.every((byte, index) => bytes[start + index] === byte);
}
