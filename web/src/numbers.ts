/** Returns a short id for people: the last six digits of a UUID, which are random in every version. */
export function shortId(uuid: string): string {
  return uuid.slice(-6).toUpperCase();
}

const whole = new Intl.NumberFormat("en-GB");

/** `5,000` */
export function formatCount(count: number | bigint): string {
  return whole.format(count);
}

/** Formats a count with a noun: `1 item`, `2 items`. */
export function plural(count: number | bigint, noun: string): string {
  return `${formatCount(count)} ${noun}${BigInt(count) === 1n ? "" : "s"}`;
}
