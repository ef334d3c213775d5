import { expect, test } from "vitest";
import { Latency } from "./latency.ts";

/** A latency after responses of these times, 10 ms apart from 0 on. */
function after(...responses: number[]): { latency: Latency; now: number } {
  const latency = new Latency();
  for (const [index, ms] of responses.entries()) latency.observe(ms, index * 10);
  return { latency, now: (responses.length - 1) * 10 };
}

const usual = Array<number>(30).fill(8);

test("it is the time of the usual responses, of the first ten the fastest", () => {
  const { latency, now } = after(500, ...usual);
  expect(latency.at(now)).toBeCloseTo(8, 0);
});

test("it rises quickly and falls slowly", () => {
  const { latency, now } = after(...usual, 88);
  expect(latency.at(now)).toBeGreaterThan(17);
  latency.observe(8, now + 10);
  expect(latency.at(now + 10)).toBeGreaterThan(16);
});

test("without responses it falls by two thirds in ten seconds, so that the replica is tried again", () => {
  const { latency, now } = after(...usual);
  expect(latency.at(now + 10_000)).toBeCloseTo(8 / Math.E, 0);
});

test("a call that waited in vain for less than the usual time says nothing, one that waited longer does", () => {
  const { latency, now } = after(...usual);
  latency.raise(1, now);
  expect(latency.at(now)).toBeCloseTo(8, 0);
  latency.raise(808, now);
  expect(latency.at(now)).toBeGreaterThan(100);
});
