/** A number that people can tell things apart by: the last six digits of a UUID, which are random in every version. */
export function shortId(uuid: string): string {
  return uuid.slice(-6).toUpperCase();
}

const whole = new Intl.NumberFormat("en-GB");

/** `5,000` */
export function formatCount(count: number | bigint): string {
  return whole.format(count);
}

/** `1 thing`, `2 things` */
export function plural(count: number | bigint, noun: string): string {
  return `${formatCount(count)} ${noun}${BigInt(count) === 1n ? "" : "s"}`;
}
