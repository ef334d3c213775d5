import type { Patch } from "../patch.ts";
import { assertOutput } from "../patch.ts";

/** A function of ts-proto's output, the body that it has, and the body that it should have. */
const bodies = [
  {
    name: "toTimestamp",
    stock: `
  const seconds = BigInt(Math.trunc(date.getTime() / 1_000));
  const nanos = (date.getTime() % 1_000) * 1_000_000;
  return {  seconds, nanos };
`,
    patched: `
  const millis = date.getTime();
  const seconds = Math.floor(millis / 1_000);
  return { seconds: BigInt(seconds), nanos: (millis - seconds * 1_000) * 1_000_000 };
`,
  },
  {
    name: "fromTimestamp",
    stock: `
  let millis = (globalThis.Number(t.seconds.toString()) || 0) * 1_000;
  millis += (t.nanos || 0) / 1_000_000;
  return new globalThis.Date(millis);
`,
    patched: `
  const millis = globalThis.Number(t.seconds) * 1_000 + Math.floor(t.nanos / 1_000_000);
  const date = new globalThis.Date(millis);
  const isExact = t.nanos >= 0 && t.nanos < 1_000_000_000 && t.nanos % 1_000_000 === 0 && Math.abs(millis) <= 8.64e15;
  return isExact ? date : globalThis.Object.defineProperty(date, globalThis.Symbol.for("mesh.timestamp"), { value: t });
`,
  },
] as const;

/**
 * Rounds the seconds of a time down. ts-proto rounds them toward zero, so a time before 1970 gets negative nanoseconds,
 * which google/protobuf/timestamp.proto forbids. A time that is read is cut to the millisecond that it is in: `Date` would
 * round a time before 1970 up. If it is not exactly that Date, the Date carries it, for rules and merges, in a hidden
 * property.
 */
export const times: Patch = {
  code: (code, file) =>
    bodies.reduce((text, { name, stock, patched }) => {
      if (!text.includes(`function ${name}(`)) return text;
      assertOutput(text.includes(stock), file, `${name} has another body`);
      return text.replace(stock, patched);
    }, code),
};
