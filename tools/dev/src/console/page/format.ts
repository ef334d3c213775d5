const rounded = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const whole = new Intl.NumberFormat("en");
const short = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

/** Formats a duration: `340 µs`, `12.3 ms`, `1.2 s`, `3 min`. */
export function duration(ms: number): string {
  if (ms < 1) return `${Math.round(ms * 1_000)} µs`;
  if (ms < 1_000) return `${short.format(ms)} ms`;
  if (ms < 60_000) return `${short.format(ms / 1_000)} s`;
  return ms < 3_600_000 ? `${short.format(ms / 60_000)} min` : `${short.format(ms / 3_600_000)} h`;
}

/** Formats a number with separators. */
export function count(value: number): string {
  return value < 100_000 ? whole.format(value) : compact.format(value);
}

/** Formats a number per second. */
export function rate(perSecond: number): string {
  return perSecond === 0 ? "0" : perSecond < 0.1 ? "< 0.1" : rounded.format(perSecond);
}

/** Formats a part of 1: `0 %`, `2.5 %`. */
export function share(part: number): string {
  return part > 0 && part < 0.001 ? "< 0.1 %" : `${short.format(part * 100)} %`;
}

/** Formats a size: `12 kB`, `3.4 MB`. */
export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, value < 1 ? 0 : Math.floor(Math.log(value) / Math.log(1_024)));
  return `${short.format(value / 1_024 ** power)} ${units[power]}`;
}

/** Formats the time of a day: `12:03:04.123`. */
export function clock(epochMs: number): string {
  const at = new Date(epochMs);
  const parts = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0"));
  return `${parts.join(":")}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}

/** Formats the time since a moment: `now`, `5 s ago`, `3 min ago`, `2 h ago`. */
export function ago(epochMs: number): string {
  const seconds = Math.max(0, (Date.now() - epochMs) / 1_000);
  if (seconds < 2) return "now";
  if (seconds < 100) return `${Math.round(seconds)} s ago`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h ago` : `${Math.round(seconds / 86_400)} days ago`;
}

/** Formats a number of things: `1 span`, `3 spans`. */
export function things(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}
