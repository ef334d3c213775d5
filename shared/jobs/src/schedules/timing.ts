import cronParser from "cron-parser";

/** When a schedule is due: once, or again and again. */
export type When =
  /** Once, at a time. */
  | { readonly at: Date }
  /** Once, after a time in milliseconds. */
  | { readonly delayMs: number }
  | Recurring;

/** When a schedule is due again and again. */
export type Recurring =
  /** Again and again, the first time after one interval. */
  | { readonly everyMs: number }
  /**
   * By an expression of cron, with seconds before the minutes if it has six parts: `0 3 * * 1-5`. The time zone is one of the IANA,
   * such as `Europe/Berlin`; default: UTC. An hour that a change to summer time skips is due after it; one that is repeated is due
   * once.
   *
   * @see https://www.man7.org/linux/man-pages/man5/crontab.5.html
   */
  | { readonly cron: string; readonly timeZone?: string };

/** When a schedule is due, as it is stored. */
export type Timing =
  | { readonly kind: "once" }
  | { readonly kind: "every"; readonly everyMs: number }
  | { readonly kind: "cron"; readonly cron: string; readonly timeZone: string };

const minEveryMs = 1_000;

/** Returns the stored form, and the first time. @throws RangeError if it is not valid */
export function timingOf(when: When, now: Date = new Date()): { readonly timing: Timing; readonly nextAt: Date } {
  if ("at" in when) return { timing: { kind: "once" }, nextAt: when.at };
  if ("delayMs" in when) return { timing: { kind: "once" }, nextAt: new Date(now.getTime() + when.delayMs) };
  const timing: Timing =
    "everyMs" in when
      ? { kind: "every", everyMs: when.everyMs }
      : { kind: "cron", cron: when.cron, timeZone: when.timeZone ?? "UTC" };
  if (timing.kind === "every" && !(Number.isInteger(timing.everyMs) && timing.everyMs >= minEveryMs)) {
    throw new RangeError(`everyMs must be a whole number from ${minEveryMs}, got ${timing.everyMs}`);
  }
  const first = nextAfter(timing, now, now);
  if (!first) throw new RangeError(`a schedule is never due: ${JSON.stringify(when)}`);
  return { timing, nextAt: first };
}

/**
 * Returns the next time after now; undefined: there is none. However many were missed, they are made up for once.
 *
 * @param last when it was due
 */
export function nextAfter(timing: Timing, last: Date, now: Date): Date | undefined {
  switch (timing.kind) {
    case "once":
      return undefined;
    case "every": {
      const passed = Math.floor(Math.max(0, now.getTime() - last.getTime()) / timing.everyMs);
      return new Date(last.getTime() + (passed + 1) * timing.everyMs);
    }
    case "cron":
      return nextOfCron(timing, now);
    default:
      return timing satisfies never;
  }
}

function nextOfCron({ cron, timeZone }: Extract<Timing, { kind: "cron" }>, now: Date): Date {
  try {
    // The parser takes an unknown time zone for the local one.
    new Intl.DateTimeFormat("en", { timeZone });
    return cronParser.parseExpression(cron, { currentDate: now, tz: timeZone }).next().toDate();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(`the schedule ${JSON.stringify(cron)} in ${timeZone} is not valid: ${reason}`, { cause });
  }
}
