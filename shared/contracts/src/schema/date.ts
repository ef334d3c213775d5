import { ZodDate, type z } from "zod";
import { $constructor } from "zod/v4/core";
import { type ExactTime, exactTimeOf } from "../exact-time.ts";
import { type Fast, type FastInternals, once, unsure } from "./fast.ts";
import { mistyped } from "./issue.ts";
import { customize, type OwnDef, testsAfter } from "./type.ts";

/** The first and the last second of a Timestamp. Source: google/protobuf/timestamp.proto */
const [firstSecond, lastSecond] = [-62_135_596_800, 253_402_300_799];

interface DateDef extends z.core.$ZodDateDef, OwnDef {
  /** Whether digits below a millisecond are an error. */
  readonly isWhole: boolean;
}

interface DateType extends z.ZodDate {
  _zod: z.core.$ZodDateInternals<Date> & { def: DateDef };
}

/** Rules check the exact time of a Date that was decoded; the output is a Date without it, which is all that is sent. */
const MeshDate = /*@__PURE__*/ $constructor<DateType>("MeshDate", (instance, def) => {
  ZodDate.init(instance, def);
  const internals: z.core.$ZodTypeInternals & FastInternals = instance._zod;
  const { parse } = internals;
  customize(instance, {
    parse: (payload, context) => {
      const fault = payload.value instanceof Date ? faultOf(payload.value, def) : undefined;
      if (fault === undefined) parse(payload, context);
      else mistyped(payload, fault);
    },
    json: { type: "string", format: "date-time" },
  });
  internals.fast = once(() => fastDate(def));
  internals.deferred?.push(() => {
    const { run } = internals;
    internals.run = (payload, context) => {
      const result = run(payload, context);
      if (payload.value instanceof Date) payload.value = withoutExact(payload.value);
      return result;
    };
  });
});

/** The type of a google.protobuf.Timestamp: https://protobuf.dev/reference/protobuf/google.protobuf/#timestamp */
export function date(): z.ZodDate {
  return new MeshDate({ type: "date", isWhole: false });
}

/** The type of a google.protobuf.Timestamp without digits below a millisecond. */
export function wholeDate(): z.ZodDate {
  return new MeshDate({ type: "date", isWhole: true });
}

function fastDate(def: DateDef): Fast {
  const tests = testsAfter(def);
  return (value) => {
    if (!(value instanceof Date) || faultOf(value, def) !== undefined) return unsure;
    for (const test of tests) if (!test(value)) return unsure;
    return withoutExact(value);
  };
}

/** The reason why a Date is no Timestamp; undefined: it is one. */
function faultOf(value: Date, { isWhole }: DateDef): string | undefined {
  const exact = exactTimeOf(value);
  return exact ? (faultOfExact(exact) ?? (isWhole ? tooFine : undefined)) : dateFault(value);
}

/** The reason why the milliseconds of a Date, which are all that is sent, are no Timestamp; undefined: they are one. */
export function dateFault(value: Date): string | undefined {
  const seconds = value.getTime() / 1_000;
  if (Number.isNaN(seconds)) return "must be a valid date, got an Invalid Date";
  return seconds >= firstSecond && seconds < lastSecond + 1 ? undefined : outOfRange;
}

const outOfRange = "must be from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z";
const tooFine =
  "must not have digits below a millisecond, because the contract sets (mesh.v1.package).timestamps to TIMESTAMPS_REJECT";

function faultOfExact({ seconds, nanos }: ExactTime): string | undefined {
  if (seconds < firstSecond || seconds > lastSecond) return outOfRange;
  return nanos >= 0 && nanos < 1e9 ? undefined : `must have nanos from 0 to 999999999, got ${nanos}`;
}

function withoutExact(value: Date): Date {
  return exactTimeOf(value) ? new Date(value) : value;
}
