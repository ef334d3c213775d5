import { base64Encode } from "@bufbuild/protobuf/wire";
import { base64Pattern } from "@mesh/contracts/json-forms";
import { countOf, listOf, type RuleValues } from "./rule-values.ts";
import { all, type JsonSchema, oneOfValues } from "./schema.ts";

const paddedPattern = "^(?:[A-Za-z0-9+\\/]{4})*(?:[A-Za-z0-9+\\/]{2}==|[A-Za-z0-9+\\/]{3}=)?$";

/** The minimum and maximum number of bytes of each format. */
const formatBytes: readonly (readonly [name: string, min: number, max: number])[] = [
  ["ip", 4, 16],
  ["ipv4", 4, 4],
  ["ipv6", 16, 16],
  ["uuid", 16, 16],
];

/** Returns the schema of bytes: base64, which requests may have in either alphabet, and without padding. */
export function bytesSchema(rules: RuleValues, isRequest: boolean): JsonSchema {
  const base = { type: "string", contentEncoding: "base64" };
  const spellings = (values: readonly Uint8Array[]) => values.flatMap((value) => spellingsOf(value, isRequest));
  const allowed = listOf<Uint8Array>(rules.const === undefined ? rules.in : [rules.const]);
  if (allowed.length > 0) return all(base, oneOfValues(spellings(allowed)));
  const banned = listOf<Uint8Array>(rules.not_in);
  return all(
    { ...base, pattern: isRequest ? base64Pattern : paddedPattern },
    ...lengths(rules, isRequest),
    ...(banned.length > 0 ? [{ not: oneOfValues(spellings(banned)) }] : []),
  );
}

function spellingsOf(value: Uint8Array, isRequest: boolean): string[] {
  const padded = base64Encode(value);
  if (!isRequest) return [padded];
  return [padded, base64Encode(value, "std_raw"), base64Encode(value, "url"), padded.replace(/[+/]/g, urlCharacter)];
}

function urlCharacter(character: string): string {
  return character === "+" ? "-" : "_";
}

/** Returns the limits of the length: three bytes are four characters. A shorter rest is padded, or may be. */
function lengths(rules: RuleValues, isRequest: boolean): JsonSchema[] {
  const format = formatBytes.find(([name]) => rules[name] === true);
  const min = countOf(rules.len ?? rules.min_len) ?? format?.[1] ?? 0;
  const max = countOf(rules.len ?? rules.max_len) ?? format?.[2];
  const minLength = isRequest ? Math.ceil((4 * min) / 3) : 4 * Math.ceil(min / 3);
  const maxLength = 4 * Math.ceil((max ?? 0) / 3);
  return [...(min > 0 ? [{ minLength }] : []), ...(max === undefined ? [] : [{ maxLength }])];
}
