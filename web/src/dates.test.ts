import { expect, it } from "vitest";
import { formatElapsed } from "./dates.ts";

it.each([
  [0, "0.00 s"],
  [184, "0.18 s"],
  [12_300, "12 s"],
  [180_000, "3 min"],
  [-5, "0.00 s"],
])("says how long %d ms are", (ms, text) => {
  expect(formatElapsed(new Date(0), new Date(ms))).toBe(text);
});
