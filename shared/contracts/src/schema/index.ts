// The parts of generated schemas. They import zod's classes by name: its `z` would bring all of zod, 93 KB compressed
// instead of 26.
export { array } from "./array.ts";
export { type Copy, copier } from "./copy.ts";
export { date, wholeDate } from "./date.ts";
export { json, jsonList, jsonObject } from "./json.ts";
export { keyed, record } from "./map.ts";
export { message } from "./message.ts";
export { closedEnum, double, float, int32, uint32 } from "./numbers.ts";
export { oneof } from "./oneof.ts";
export { type FindFault, faultFinder, type ResponseFault } from "./response-fault.ts";
export { typeIn, typeNotIn } from "./rules/any.ts";
export {
  bytesContain,
  bytesFormat,
  bytesIn,
  bytesNotIn,
  bytesPattern,
  bytesPrefix,
  bytesSuffix,
  equalBytes,
  lengthOf,
  maxLength,
  minLength,
} from "./rules/bytes.ts";
export { constant, noneOf, oneOf } from "./rules/constant.ts";
export { among, defined, excluded } from "./rules/enumeration.ts";
export { pathsConstant, pathsIn, pathsNotIn } from "./rules/field-mask.ts";
export {
  address,
  email,
  headerName,
  headerValue,
  hostAndPort,
  hostname,
  ip,
  ipPrefix,
  ipWithPrefixLength,
  protobufName,
  tuuid,
  ulid,
  uri,
  uriReference,
  uuid,
} from "./rules/format.ts";
export { mustBe, onlyOne } from "./rules/members.ts";
export { finite, range } from "./rules/number.ts";
export { firstIs, isEmpty, isZero, notZero, unlessZero } from "./rules/presence.ts";
export { maxItems, maxPairs, minItems, minPairs, unique, uniqueFloats } from "./rules/repeated.ts";
export {
  contains,
  len,
  lenBytes,
  maxBytes,
  maxLen,
  minBytes,
  minLen,
  notContains,
  pattern,
  prefix,
  suffix,
} from "./rules/string.ts";
export {
  durationConstant,
  durationIn,
  durationNotIn,
  durationRange,
  future,
  past,
  timeConstant,
  timeRange,
  within,
} from "./rules/time.ts";
export { boolean, bytes, guid, int64, string, uint64 } from "./scalars.ts";
export { lax, legacyRequired, named, required } from "./type.ts";
export { anyForm, durationForm, fieldMaskForm, fieldPath, isAny, timestampForm, valueForm } from "./well-known.ts";
