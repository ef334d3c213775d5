import { customType } from "drizzle-orm/pg-core";

/**
 * A `timestamptz` column with the range of a `Date` from the year 1 to 9999, in milliseconds.
 *
 * PostgreSQL's microseconds are cut off, so that a value that was read compares equal to the stored one. Drizzle's own
 * column reads the year 50 as 1950. For a default, use `` sql`now()` ``.
 */
export const instant = customType<{ data: Date; driverData: string }>({
  dataType: () => "timestamp (3) with time zone",
  toDriver: (date) => date.toISOString(),
  fromDriver: parseInstant,
});

/**
 * Parses a timestamp in the format of PostgreSQL for the time zone UTC, which `openStore` sets.
 *
 * @throws RangeError if a `Date` cannot represent it, such as `infinity`
 *
 * @example
 * ```ts
 * import { parseInstant } from "@mesh/store/columns";
 *
 * parseInstant("1850-01-01 00:00:00.001+00").toISOString(); // "1850-01-01T00:00:00.001Z"
 * ```
 */
export function parseInstant(text: string): Date {
  const date = new Date(text.replace(" ", "T").replace(/\+00(:00)?$/, "Z"));
  if (Number.isNaN(date.getTime())) throw new RangeError(`a Date cannot represent the timestamp "${text}"`);
  return date;
}

/**
 * An `int8` column as bigint, exact up to 2^63-1. For a default, use `` sql`0` ``.
 *
 * @throws RangeError if JSON rounded the value, which happens in nested rows of relational queries
 */
export const int64 = customType<{ data: bigint; driverData: string | number }>({
  dataType: () => "bigint",
  toDriver: (value) => value.toString(),
  fromDriver: parseInt64,
});

function parseInt64(value: string | number): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError(`JSON rounded a 64-bit integer to ${value}: select it by a join instead`);
  }
  return BigInt(value);
}

/** A `bytea` column as Uint8Array. */
export const bytes = customType<{ data: Uint8Array; driverData: Buffer | string }>({
  dataType: () => "bytea",
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  fromDriver: parseBytes,
});

/** Returns plain bytes, like the decoder of a contract. A Buffer would have another type. */
function parseBytes(value: Buffer | string): Uint8Array {
  if (typeof value !== "string") return new Uint8Array(value);
  return new Uint8Array(Buffer.from(value.slice(2), "hex"));
}
