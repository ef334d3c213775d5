import { base64Encode } from "@bufbuild/protobuf/wire";
import { countOf, listOf, type RuleValues } from "./rule-values.ts";
import { all, type JsonSchema, oneOfValues } from "./schema.ts";

const pattern = "^(?:[A-Za-z0-9+\\/]{4})*(?:[A-Za-z0-9+\\/]{2}==|[A-Za-z0-9+\\/]{3}=)?$";

/** The minimum and maximum number of bytes of each format. */
const formatBytes: readonly (readonly [name: string, min: number, max: number])[] = [
  ["ip", 4, 16],
  ["ipv4", 4, 4],
  ["ipv6", 16, 16],
  ["uuid", 16, 16],
];

/** Returns the schema of bytes: base64 with padding, as serializers write them. */
export function bytesSchema(rules: RuleValues): JsonSchema {
  const base = { type: "string", contentEncoding: "base64" };
  const allowed = listOf<Uint8Array>(rules.const === undefined ? rules.in : [rules.const]);
  if (allowed.length > 0) return all(base, oneOfValues(allowed.map((value) => base64Encode(value))));
  const banned = listOf<Uint8Array>(rules.not_in);
  return all(
    { ...base, pattern },
    ...lengths(rules),
    ...(banned.length > 0 ? [{ not: oneOfValues(banned.map((value) => base64Encode(value))) }] : []),
  );
}

/** Returns the limits of the length: three bytes are four characters, and a shorter rest is padded. */
function lengths(rules: RuleValues): JsonSchema[] {
  const format = formatBytes.find(([name]) => rules[name] === true);
  const min = countOf(rules.len ?? rules.min_len) ?? format?.[1] ?? 0;
  const max = countOf(rules.len ?? rules.max_len) ?? format?.[2];
  const characters = (bytes: number) => 4 * Math.ceil(bytes / 3);
  return [
    ...(min > 0 ? [{ minLength: characters(min) }] : []),
    ...(max === undefined ? [] : [{ maxLength: characters(max) }]),
  ];
}
