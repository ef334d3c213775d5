/**
 * Returns the shortest decimal of a 32-bit float: 0.1 for 0.10000000149011612. Both are the same float in 32 bits.
 *
 * Fields of the type `float` have this form in TypeScript and in JSON. NaN, the infinities and -0 stay what they are; a
 * number beyond the range of 32 bits becomes infinite.
 *
 * @example
 * ```ts
 * import { shortFloat } from "@mesh/contracts/short-float";
 *
 * console.info(shortFloat(Math.fround(0.1))); // 0.1
 * ```
 */
export function shortFloat(value: number): number {
  const float = Math.fround(value);
  // NaN, infinities, and integers that are exact in 32 bits.
  if (!(Math.abs(float) < Infinity) || (Math.abs(float) < 2 ** 24 && Number.isInteger(float))) return float;
  // Six digits are enough for most, and nine for all: https://en.wikipedia.org/wiki/Single-precision_floating-point_format
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(float.toPrecision(digits));
    if (Math.fround(short) === float) return short;
  }
  return Number(float.toPrecision(9));
}
