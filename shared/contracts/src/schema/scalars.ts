import type { z } from "zod";
import { type Fast, unsure } from "./fast.ts";
import { mistyped } from "./issue.ts";
import { parsed } from "./parsed.ts";

/** The largest finite number that 32 bits hold. */
const floatMax = 3.4028234663852886e38;

/** The type of an `int32` field and its like. */
export function int32(): z.ZodType<number> {
  return integer(-(2 ** 31), 2 ** 31 - 1);
}

/** The type of a `uint32` field and its like. */
export function uint32(): z.ZodType<number> {
  return integer(0, 2 ** 32 - 1);
}

/** The type of a field of an enum that takes no numbers but its own: one of proto2, or of an edition that closes it. */
export function closedEnum(numbers: readonly number[]): z.ZodType<number> {
  const known: ReadonlySet<unknown> = new Set(numbers);
  const fits = (value: unknown): value is number => known.has(value);
  return scalar(fits, `must be a value of the enum: ${numbers.join(", ")}`);
}

/** The type of an `int64` field and its like. */
export function int64(): z.ZodType<bigint> {
  return bigInteger(-(2n ** 63n), 2n ** 63n - 1n);
}

/** The type of a `uint64` field and its like. */
export function uint64(): z.ZodType<bigint> {
  return bigInteger(0n, 2n ** 64n - 1n);
}

/** The type of a `double` field; NaN and the infinities are numbers of it. */
export function double(): z.ZodType<number> {
  return scalar((value): value is number => typeof value === "number", "must be a number");
}

/** The type of a `float` field; a number that 32 bits can't hold is refused. */
export function float(): z.ZodType<number> {
  const fits = (value: unknown): value is number =>
    typeof value === "number" && (!Number.isFinite(value) || Math.abs(value) <= floatMax);
  return scalar(fits, "must be a number of 32 bits");
}

/** The type of a `bytes` field. */
export function bytes(): z.ZodType<Uint8Array> {
  return scalar((value) => value instanceof Uint8Array, "must be bytes");
}

function integer(min: number, max: number): z.ZodType<number> {
  const fits = (value: unknown): value is number => isInteger(value) && value >= min && value <= max;
  return scalar(fits, `must be a whole number from ${min} to ${max}`);
}

/** Like Number.isInteger, and tells the compiler. */
function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

function bigInteger(min: bigint, max: bigint): z.ZodType<bigint> {
  const fits = (value: unknown): value is bigint => typeof value === "bigint" && value >= min && value <= max;
  return scalar(fits, `must be a bigint from ${min} to ${max}`);
}

function scalar<T>(fits: (value: unknown) => value is T, message: string): z.ZodType<T> {
  const fast: Fast = (value) => (fits(value) ? value : unsure);
  const type = parsed(
    (payload) => {
      if (!fits(payload.value)) mistyped(payload, message);
    },
    () => fast,
  );
  return type as z.ZodType<T>; // What passes `fits` is put out as it is.
}
