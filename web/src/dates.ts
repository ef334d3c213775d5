const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long" });
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

/** `22 Nov 2025, 16:47` */
export const formatMoment = (date: Date): string => moment.format(date);

/** `22 November 2025` */
export const formatDay = (date: Date): string => day.format(date);

/** `16:47:03` */
export const formatClock = (date: Date): string => clock.format(date);

/** Formats a duration: `0.18 s`, `12 s`, `3 min`. */
export function formatElapsed(from: Date, to: Date): string {
  const seconds = Math.max(0, to.getTime() - from.getTime()) / 1000;
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  return seconds < 100 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
