import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EchoService } from "../../fixtures/echo.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";

const { unary: method } = EchoService.methods;
if (!method) throw new Error("the service has no method unary");

// A simulation: its clock does not depend on the machine.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server whose handlers wait for one of some connections, each of which they hold for a time. */
function pool({ connections = 10, heldMs = 20 } = {}) {
  const limit = new AdaptiveLimit(() => false);
  const held = { ms: heldMs };
  const waiting: (() => void)[] = [];
  let [running, free, rejected] = [0, connections, 0];
  let times: number[] = [];

  const call = () => {
    if (limit.isFull(running)) {
      rejected += 1;
      return;
    }
    limit.begin();
    running += 1;
    const startedAt = performance.now();
    const end = () => {
      const ms = performance.now() - startedAt;
      running -= 1;
      times.push(ms);
      limit.end(method as NonNullable<typeof method>, ms);
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    };
    const hold = () => void setTimeout(end, held.ms);
    if (free === 0) waiting.push(hold);
    else {
      free -= 1;
      hold();
    }
  };
  /** Makes calls at a steady rate. Returns what became of them. */
  const load = (perSecond: number, seconds: number) => {
    [times, rejected] = [[], 0];
    let due = 0;
    for (let ms = 0; ms < seconds * 1_000; ms++) {
      for (due += perSecond / 1_000; due >= 1; due--) call();
      vi.advanceTimersByTime(1);
    }
    const p99 = times.toSorted((one, other) => one - other)[Math.floor(times.length * 0.99)] ?? 0;
    return { accepted: times.length / seconds, rejected, p99 };
  };
  return { limit, load, held };
}

test("at five times what it can bear, a server keeps its rate, accepted calls wait little longer, and it recovers", () => {
  const { limit, load } = pool();
  expect(load(250, 5)).toMatchObject({ rejected: 0 });
  // The first moment shows what the server can bear.
  load(2_500, 0.6);
  for (const seconds of [10, 120]) {
    const { accepted, p99 } = load(2_500, seconds);
    expect(accepted).toBeGreaterThan(490);
    expect(p99).toBeLessThan(80);
  }
  expect(load(250, 1)).toMatchObject({ rejected: 0 });
  load(100, 4);
  expect(limit.limit).toBeGreaterThanOrEqual(200);
});

test("calls that are slow for another reason are usual after a while, so that as many can run as before", () => {
  const { load, held } = pool({ connections: 1_000 });
  load(300, 10);
  held.ms = 300;
  expect(load(300, 1).rejected).toBeGreaterThan(100);
  load(300, 4);
  expect(load(300, 5)).toMatchObject({ rejected: 0 });
});

test("a server that bears much lets many calls run", () => {
  const { limit, load } = pool({ connections: 1_000, heldMs: 60 });
  load(500, 1);
  load(6_000, 2);
  expect(load(6_000, 2)).toMatchObject({ rejected: 0 });
  expect(limit.limit).toBeGreaterThan(360);
});
