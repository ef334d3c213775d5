import type { DescFile, DescMethod } from "@bufbuild/protobuf";
import type { Problem } from "../problem.ts";
import { type MeshOptions, optionPaths, type RateLimitOption, type RateOption } from "./options.ts";

const maxCount = 1_000_000;
const maxSeconds = 86_400;

/** Each window is a statement in the database of the gateway. */
const maxWindows = 4;

/** Returns how often callers may call a method; undefined: as often as they like. */
export function rateLimitOf(method: DescMethod, options: MeshOptions): RateLimitOption | undefined {
  const limit = options.method(method)?.gateway?.rateLimit;
  if (!limit) return undefined;
  const plain = (rates: readonly RateOption[]) => rates.map(({ count, seconds }) => ({ count, seconds }));
  return { perUser: plain(limit.perUser), perAddress: plain(limit.perAddress) };
}

/** Checks the rate limits of all methods. */
export function checkRateLimits(files: readonly DescFile[], options: MeshOptions, problems: Problem[]): void {
  for (const method of files.flatMap((file) => file.services.flatMap(({ methods }) => methods))) {
    const limit = rateLimitOf(method, options);
    const text = limit && problemOf(limit);
    if (text) problems.push({ desc: method, text: `rate_limit: ${text}`, option: optionPaths.methodRateLimit });
  }
}

function problemOf({ perUser, perAddress }: RateLimitOption): string | undefined {
  if (perUser.length + perAddress.length === 0) return "set per_user or per_address, such as {count: 10 seconds: 60}";
  return problemOfRates("per_user", perUser) ?? problemOfRates("per_address", perAddress);
}

function problemOfRates(name: string, rates: readonly RateOption[]): string | undefined {
  if (rates.length > maxWindows) return `${name} has ${rates.length} windows, at most ${maxWindows} are possible`;
  for (const [at, { count, seconds }] of rates.entries()) {
    if (count < 1 || count > maxCount) return `${name}: count must be from 1 to ${maxCount}, got ${count}`;
    if (seconds < 1 || seconds > maxSeconds) return `${name}: seconds must be from 1 to ${maxSeconds}, got ${seconds}`;
    const other = rates.slice(0, at).find((earlier) => earlier.seconds === seconds);
    if (other) return `${name} has two windows of ${seconds} s: remove one`;
    const useless = rates.find((longer) => longer.seconds > seconds && longer.count <= count);
    if (useless) {
      const longer = `${useless.count} calls in ${useless.seconds} s`;
      return `${name}: ${count} calls in ${seconds} s never apply, because ${longer} are fewer: remove one`;
    }
  }
  return undefined;
}
