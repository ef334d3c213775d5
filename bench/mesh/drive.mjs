// Load: calls in a closed loop, for a duration or a number of calls.
import { createHistogram } from "node:perf_hooks";
import { order } from "../peers/messages.mjs";

/** Makes calls, `inFlight` at a time. `times` has the duration of each in nanoseconds. */
export async function driveUnary(call, { inFlight, seconds, calls }) {
  const times = createHistogram();
  const endsAt = performance.now() + seconds * 1_000;
  let begun = 0;
  const isOpen = calls === undefined ? (now) => now < endsAt : () => begun++ < calls;
  const work = async () => {
    let now = performance.now();
    while (isOpen(now)) {
      const startedAt = now;
      await call(order);
      now = performance.now();
      times.record(nanoseconds(now - startedAt));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  return { calls: times.count, times };
}

/** Reads streams, one after another, each to its end. `times` has the time from each message to the next in nanoseconds. */
export async function driveStream(read, { seconds, calls }) {
  const times = createHistogram();
  let last = performance.now();
  const endsAt = last + seconds * 1_000;
  const isOpen = calls === undefined ? () => last < endsAt : () => times.count < calls;
  while (isOpen()) {
    await read(() => {
      const now = performance.now();
      times.record(nanoseconds(now - last));
      last = now;
    });
  }
  return { calls: times.count, times };
}

/** A histogram takes whole numbers from 1. */
const nanoseconds = (ms) => Math.max(1, Math.round(ms * 1e6));
