// The texts of proto3 JSON, as regular expressions that JSON Schema can hold as well. REST accepts exactly these, and the
// JSON Schemas publish them. Source: https://protobuf.dev/programming-guides/json/
export { maxDepth, maxJsonDepth } from "./schema/depth.ts";
export { isText, unpaired } from "./schema/text.ts";

/** The number grammar of JSON (RFC 8259 §6): no `+`, no leading zero, no `0x`, no spaces. */
export const numberPattern = "^-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+\\-]?[0-9]+)?$";

/** An integer without an exponent, which is the form of map keys and of 64-bit integers in quotes. */
export const integerPattern = "^-?(?:0|[1-9][0-9]*)$";

/** Bytes in base64 of one alphabet, with padding or without (RFC 4648 §4 and §5). */
export const base64Pattern = `^(?:${base64("+\\/")}|${base64("\\-_")})$`;

const hourAndMinute = "(?:[01][0-9]|2[0-3]):[0-5][0-9]";

/** A real date and time from year 1 to 9999, with `Z` or an offset (RFC 3339), in capital letters. */
export const timestampPattern = `^(?!0000)(?:${realDate()})T${hourAndMinute}:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+\\-]${hourAndMinute})$`;

/** Seconds within ±315,576,000,000, with up to nine decimal places. Source: google/protobuf/duration.proto */
export const durationPattern = `^-?(?:${integersBetween(0n, 315_576_000_000n)})(?:\\.[0-9]{1,9})?s$`;

/** Paths of a field mask: in camel case, so that they can be read back as the names of the .proto. */
export const fieldMaskPattern = "^(?:[^_,]+(?:,[^_,]+)*)?$";

function base64(symbols: string): string {
  const character = `[A-Za-z0-9${symbols}]`;
  return `(?:${character}{4})*(?:${character}{2}(?:==)?|${character}{3}=?)?`;
}

function realDate(): string {
  const long = "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])";
  const short = "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)";
  const february = "02-(?:0[1-9]|1[0-9]|2[0-8])";
  const leapYear = "(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
  return `[0-9]{4}-(?:${long}|${short}|${february})|${leapYear}-02-29`;
}

/**
 * Returns a regular expression, without anchors, for the integers of a range without leading zeros.
 *
 * @param low at most `high`
 *
 * @example
 * ```ts
 * import { integersBetween } from "@mesh/contracts/json-forms";
 *
 * const port = new RegExp(`^(?:${integersBetween(1n, 65535n)})$`);
 * console.info(port.test("8080"), port.test("65536")); // true false
 * ```
 */
export function integersBetween(low: bigint, high: bigint): string {
  const negative = low < 0n ? [`-(?:${positives(high < 0n ? -high : 1n, -low)})`] : [];
  const positive = high >= 0n ? [positives(low > 0n ? low : 0n, high)] : [];
  return [...negative, ...positive].join("|");
}

function positives(low: bigint, high: bigint): string {
  const [digits, most] = [String(low).length, String(high).length];
  if (digits === most) return sameLength(String(low), String(high));
  if (low === 0n) return `0|${positives(1n, high)}`;
  const isFull = low === 10n ** BigInt(digits - 1);
  // All integers of so many digits are in the range.
  const first = isFull ? `[1-9][0-9]{${digits - 1},${most - 2}}` : sameLength(String(low), "9".repeat(digits));
  return `${first}|${positives(10n ** BigInt(isFull ? most - 1 : digits), high)}`;
}

function digitsOf(count: number): string {
  return count === 1 ? "[0-9]" : `[0-9]{${count}}`;
}

/** Texts of digits between two of the same length. */
function sameLength(low: string, high: string): string {
  const length = low.length;
  if (low === high) return low;
  if (/^0+$/.test(low) && /^9+$/.test(high)) return digitsOf(length);
  const [first, last] = [Number(low[0]), Number(high[0])];
  if (length === 1) return `[${first}-${last}]`;
  if (first === last) return `${first}(?:${sameLength(low.slice(1), high.slice(1))})`;
  const isFull = [/^0+$/.test(low.slice(1)), /^9+$/.test(high.slice(1))];
  const [from, to] = [isFull[0] ? first : first + 1, isFull[1] ? last : last - 1];
  return [
    isFull[0] ? "" : `${first}(?:${sameLength(low.slice(1), "9".repeat(length - 1))})`,
    from <= to ? `[${from}-${to}]${digitsOf(length - 1)}` : "",
    isFull[1] ? "" : `${last}(?:${sameLength("0".repeat(length - 1), high.slice(1))})`,
  ]
    .filter(Boolean)
    .join("|");
}
