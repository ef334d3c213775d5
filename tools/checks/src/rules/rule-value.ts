import { isMessage, type Message } from "@bufbuild/protobuf";
import { DurationSchema, FieldMaskSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";

const nanosPerSecond = 1_000_000_000n;

/** A value that can be ordered. Durations and timestamps are in nanoseconds. */
export type Ordered = number | bigint;

/** Converts a value to one that can be compared: field masks and bytes to strings, durations and times to nanoseconds. */
export function comparable(value: unknown): Ordered | string | boolean {
  if (isMessage(value, DurationSchema) || isMessage(value, TimestampSchema)) {
    return value.seconds * nanosPerSecond + BigInt(value.nanos);
  }
  if (isMessage(value, FieldMaskSchema)) return [...value.paths].sort().join(",");
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  return value as Ordered | string | boolean; // The other types of rules in validate.proto.
}

/** Formats a value: `"a"`, `5 s`, `2030-01-01T00:00:00Z`. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  if (isMessage(value, DurationSchema)) return `${decimal(value)} s`;
  if (isMessage(value, TimestampSchema)) return timeText(value);
  if (isMessage(value, FieldMaskSchema)) return value.paths.join(", ");
  if (value instanceof Uint8Array) return `0x${Buffer.from(value).toString("hex")}`;
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function decimal({ seconds, nanos }: Message & { seconds: bigint; nanos: number }): string {
  const total = seconds * nanosPerSecond + BigInt(nanos);
  const [sign, size] = total < 0n ? ["-", -total] : ["", total];
  const fraction = (size % nanosPerSecond).toString().padStart(9, "0").replace(/0+$/, "");
  return `${sign}${size / nanosPerSecond}${fraction && `.${fraction}`}`;
}

function timeText({ seconds, nanos }: { seconds: bigint; nanos: number }): string {
  const date = new Date(Number(seconds) * 1_000);
  if (Number.isNaN(date.getTime())) return `${seconds} s after 1970`;
  const fraction = nanos === 0 ? "" : `.${String(nanos).padStart(9, "0").replace(/0+$/, "")}`;
  return date.toISOString().replace(/\.000Z$/, `${fraction}Z`);
}
