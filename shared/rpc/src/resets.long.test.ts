import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { echoOrWait } from "../fixtures/echo-or-wait.ts";

const perSecond = 80;
const mostPerTick = 24;
const tickMs = 100;
const total = 2_400;

// A server on nghttp2 allows about 1,000 resets at first and then 33 a second, so this pace closes a connection after 21 s.
test(`${perSecond} calls a second that one caller gives up, ${total} in all, fail no call of the others`, async () => {
  const { client, waiting } = await echoOrWait();
  const failures: unknown[] = [];
  const others: Promise<unknown>[] = [];
  const callOther = () => client.unary({ text: "other" }, { timeoutMs: 60_000 });
  let lastMs = performance.now() - tickMs;
  while (others.length < total && failures.length === 0) {
    const nowMs = performance.now();
    const due = Math.min(mostPerTick, Math.round(((nowMs - lastMs) / 1_000) * perSecond));
    lastMs = nowMs;
    const controller = new AbortController();
    const options = { signal: controller.signal, timeoutMs: 60_000 };
    const given = Array.from({ length: due }, () => client.unary({}, options));
    const expected = others.length + due;
    await expect.poll(() => waiting() === expected || failures.length > 0, { interval: 1 }).toBe(true);
    others.push(...given.map(() => callOther().catch((error: unknown) => failures.push(error))));
    controller.abort();
    await Promise.allSettled(given);
    await pause(tickMs);
  }
  await Promise.all(others);
  expect(failures).toEqual([]);
  expect(others.length).toBeGreaterThanOrEqual(total);
});
