import { customType } from "drizzle-orm/pg-core";

/**
 * A `timestamptz` that keeps what a `Date` holds, from the year 1 to 9999.
 *
 * Of three digits because PostgreSQL keeps microseconds and `Date` does not: a value that is read back must compare
 * equal to the one that is stored. Drizzle's own column reads the year 50 as 1950. Default: `` sql`now()` ``.
 */
export const instant = customType<{ data: Date; driverData: string }>({
  dataType: () => "timestamp (3) with time zone",
  toDriver: (date) => date.toISOString(),
  fromDriver: parseInstant,
});

/** Reads a timestamp as PostgreSQL writes it where the time zone is UTC, which `openStore` sets. */
export function parseInstant(text: string): Date {
  const date = new Date(text.replace(" ", "T").replace(/\+00(:00)?$/, "Z"));
  if (Number.isNaN(date.getTime())) throw new RangeError(`not a point in time that a Date can hold: ${text}`);
  return date;
}

/**
 * An `int8` as bigint, exact up to 2^63-1. Default: `` sql`0` ``.
 *
 * @throws RangeError for a nested row of a relational query, which comes as JSON, when its value was rounded there
 */
export const int64 = customType<{ data: bigint; driverData: string | number }>({
  dataType: () => "bigint",
  toDriver: (value) => value.toString(),
  fromDriver: parseInt64,
});

function parseInt64(value: string | number): bigint {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new RangeError("a 64-bit integer was rounded on its way through JSON: select it by a join instead");
  }
  return BigInt(value);
}

/** A `bytea` as Uint8Array. */
export const bytes = customType<{ data: Uint8Array; driverData: Buffer | string }>({
  dataType: () => "bytea",
  toDriver: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  fromDriver: parseBytes,
});

/** Plain bytes: a Buffer would be equal in content, and not in type, to what a contract's decoder makes. */
function parseBytes(value: Buffer | string): Uint8Array {
  if (typeof value !== "string") return new Uint8Array(value);
  return new Uint8Array(Buffer.from(value.slice(2), "hex"));
}
