import { expect, test } from "vitest";
import { Progress } from "./progress.ts";

const start = { stream: "now", position: 10, settled: [] };

test("the position is before the first event that is open, and later ones that are settled are kept", () => {
  const progress = new Progress(start);
  for (const sequence of [11, 13, 17]) expect(progress.receive(sequence)).toBe(true);
  progress.settle(17);
  progress.settle(13);
  expect(progress.place()).toEqual({ stream: "now", position: 10, settled: [13, 17] });
  progress.settle(11);
  expect(progress.place()).toEqual({ stream: "now", position: 17, settled: [] });
});

test("an event that an earlier holder has settled is not handled again", () => {
  const progress = new Progress({ ...start, settled: [12] });
  expect([progress.receive(11), progress.receive(12), progress.receive(13)]).toEqual([true, false, true]);
  progress.settle(11);
  expect(progress.place()).toEqual({ stream: "now", position: 12, settled: [] });
});

test("what is of no concern is left out, unless an event is open", () => {
  const progress = new Progress(start);
  progress.receive(11);
  progress.skipTo(20);
  expect(progress.place().position).toBe(10);
  progress.settle(11);
  progress.skipTo(20);
  expect(progress.place()).toEqual({ stream: "now", position: 20, settled: [] });
  expect(progress.received).toBe(20);
});
