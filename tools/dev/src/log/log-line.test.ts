import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { formatLine, levelOf } from "./log-line.ts";

const entry = { level: 50, time: 0, name: "orders", msg: "a call failed", method: "PlaceOrder", ms: 3 };

test("a JSON line is formatted for people", () => {
  const line = stripVTControlCharacters(formatLine(JSON.stringify(entry)));
  expect(line).toMatch(/^\d\d:\d\d:00\.000 ERROR a call failed method=PlaceOrder ms=3$/);
});

test("the stack of an error follows, indented", () => {
  const err = { type: "Error", message: "no", stack: "Error: no\n    at here" };
  const [, ...stack] = formatLine(JSON.stringify({ ...entry, err })).split("\n");
  expect(stack).toEqual(["  Error: no", "      at here"]);
});

test.each(["plain text", "{ broken", '{"no":"level"}', ""])("%j is unchanged", (line) => {
  expect(formatLine(line)).toBe(line);
  expect(levelOf(line)).toBeUndefined();
});
