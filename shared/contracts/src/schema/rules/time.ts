import { type ExactTime, exactTimeOf } from "../../exact-time.ts";
import { type Rule, rule } from "../rule.ts";
import { type Bounds, range } from "./number.ts";

/** A google.protobuf.Duration, as ts-proto types it. */
interface Duration {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** A Timestamp in either form. */
type Time = Date | ExactTime;

const perSecond = 1_000_000_000n;
const perMilli = 1_000_000n;

/** `gt`, `gte`, `lt` and `lte` of a Timestamp, in nanoseconds since 1970. */
export function timeRange(bounds: Bounds<bigint>): Rule<Time> {
  return over(sinceEpoch, range("timestamp", bounds, showTime));
}

/** `const` of a Timestamp, in nanoseconds since 1970. */
export function timeConstant(expected: bigint): Rule<Time> {
  return rule("timestamp.const", (value) => sinceEpoch(value) === expected, `must be ${showTime(expected)}`);
}

/** `lt_now`: not in the future, by this machine's clock. */
export function past(): Rule<Time> {
  return rule("timestamp.lt_now", (value) => millisOf(value) <= Date.now(), "must not be in the future");
}

/** `gt_now`: not in the past, by this machine's clock. */
export function future(): Rule<Time> {
  return rule("timestamp.gt_now", (value) => millisOf(value) >= Date.now(), "must not be in the past");
}

/** `within`: at most so many nanoseconds from now, by this machine's clock. */
export function within(nanos: bigint): Rule<Time> {
  const test = (value: Time) => {
    const distance = sinceEpoch(value) - sinceEpoch(new Date());
    return distance <= nanos && distance >= -nanos;
  };
  return rule("timestamp.within", test, `must be within ${showDuration(nanos)} of now`);
}

/** `gt`, `gte`, `lt` and `lte` of a Duration, in nanoseconds. */
export function durationRange(bounds: Bounds<bigint>): Rule<Duration> {
  return over(lengthOf, range("duration", bounds, showDuration));
}

/** `const` of a Duration, in nanoseconds. */
export function durationConstant(expected: bigint): Rule<Duration> {
  return rule("duration.const", (value) => lengthOf(value) === expected, `must be ${showDuration(expected)}`);
}

/** `in` of a Duration, in nanoseconds. */
export function durationIn(allowed: readonly bigint[]): Rule<Duration> {
  const message = `must be one of ${allowed.map(showDuration).join(", ")}`;
  return rule("duration.in", (value) => allowed.includes(lengthOf(value)), message);
}

/** `not_in` of a Duration, in nanoseconds. */
export function durationNotIn(refused: readonly bigint[]): Rule<Duration> {
  const message = `must not be ${refused.map(showDuration).join(" or ")}`;
  return rule("duration.not_in", (value) => !refused.includes(lengthOf(value)), message);
}

/** A rule for nanoseconds as a rule for the values that they are made from. */
function over<T>(nanosOf: (value: T) => bigint, { test, _zod }: Rule<bigint>): Rule<T> {
  const check: Rule<T>["_zod"]["check"] = ({ value, issues }) => _zod.check({ value: nanosOf(value), issues });
  return { test: (value) => test(nanosOf(value)), _zod: { ..._zod, check } };
}

/** Nanoseconds since 1970, with all digits. */
function sinceEpoch(value: Time): bigint {
  const exact = value instanceof Date ? exactTimeOf(value) : value;
  return exact ? exact.seconds * perSecond + BigInt(exact.nanos) : BigInt(Number(value)) * perMilli;
}

/** Whole milliseconds since 1970, as this machine's clock has them. */
function millisOf(value: Time): number {
  return value instanceof Date ? value.getTime() : Number(value.seconds) * 1_000 + Math.floor(value.nanos / 1_000_000);
}

function lengthOf({ seconds, nanos }: Duration): bigint {
  return seconds * perSecond + BigInt(nanos);
}

function showTime(nanos: bigint): string {
  const finer = ((nanos % perMilli) + perMilli) % perMilli;
  const date = new Date(Number((nanos - finer) / perMilli));
  if (Number.isNaN(date.getTime())) return `${showDuration(nanos)} since 1970`;
  const digits = String(finer).padStart(6, "0").replace(/0+$/, "");
  return date.toISOString().replace("Z", `${digits}Z`);
}

function showDuration(nanos: bigint): string {
  return `${Number(nanos) / Number(perSecond)} s`;
}
