import { type StoredTarget, storedTarget, type Target } from "./target.ts";
import { type Recurring, timingOf } from "./timing.ts";

/** A schedule that the code of a service lists, made by `schedule`. */
export interface DeclaredSchedule {
  readonly name: string;
  readonly when: Recurring;
  readonly target: StoredTarget;
  readonly payload: Uint8Array;
}

/**
 * Declares a schedule: an event that is published, or a job that is enqueued, again and again. In all processes of a service
 * together it is due once at a time, and times that were missed while none ran are made up for by one. What is due only once is
 * scheduled by `tx.schedule`.
 *
 * @param name is unique in the service. One that no process lists any more is not due.
 * @throws RangeError if the time is not valid
 * @throws InvalidEvent or InvalidJob if the payload breaks its contract
 *
 * @example
 * ```ts
 * import { PaymentFailed } from "@mesh/contracts/payments/v1";
 * import { schedule } from "@mesh/jobs/schedule";
 *
 * const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
 * const workdays = { cron: "30 7 * * 1-5", timeZone: "Europe/Berlin" };
 * schedule("drill", workdays, PaymentFailed, { paymentId: id, orderId: id, failure: 1 });
 * ```
 */
export function schedule<T, I>(name: string, when: Recurring, target: Target<T, I>, payload: I): DeclaredSchedule {
  timingOf(when);
  return { name, when, ...storedTarget(target, payload) };
}
