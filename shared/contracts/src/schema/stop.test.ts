import { expect, test } from "vitest";
import { array } from "./array.ts";
import { record } from "./map.ts";
import { message } from "./message.ts";
import { int32 } from "./numbers.ts";
import { range } from "./rules/number.ts";
import { string } from "./scalars.ts";

const numbers = array(int32().check(range("int32", { gte: 1 })));
const type = message(() => ({ a: numbers, b: array(numbers) }));

function wrongPlaces(value: unknown): string[] {
  return type.safeParse(value).error?.issues.map(({ path }) => path.join(".")) ?? [];
}

test("all issues of a list are reported, no matter where the fast way stopped", () => {
  expect(wrongPlaces({ a: [1, 0, 2, 0], b: [[1], [1, 2, 0, 3, 0], [0]] })).toEqual([
    "a.1",
    "a.3",
    "b.1.2",
    "b.1.4",
    "b.2.0",
  ]);
});

test("a wrong list that is in two places is reported in both", () => {
  const twice = [1, 0];
  expect(wrongPlaces({ a: twice, b: [twice, twice] })).toEqual(["a.1", "b.0.1", "b.1.1"]);
});

test("a list that is in fields of two types is checked by both types", () => {
  const slow = array(int32().refine((value) => value > 1));
  const both = message(() => ({ a: slow, b: numbers }));
  const same = [1, 0];
  const { error } = type.safeParse({ b: [same] });
  expect(error?.issues).toHaveLength(1);
  expect(both.safeParse({ a: same, b: same }).error?.issues.map(({ path }) => path.join("."))).toEqual([
    "a.0",
    "a.1",
    "b.1",
  ]);
});

test("a list that was right in an earlier parse is checked again", () => {
  const changed = [1, 2, 0];
  expect(wrongPlaces({ a: changed })).toEqual(["a.2"]);
  changed[0] = 0;
  changed[2] = 3;
  expect(wrongPlaces({ a: changed })).toEqual(["a.0"]);
  expect(wrongPlaces({ a: "x", b: [changed] })).toEqual(["a", "b.0.0"]);
});

test("a map that was read in an earlier parse is read again", () => {
  const counts = record(String, string(), int32());
  const changed: Record<string, unknown> = { a: "wrong" };
  expect(counts.safeParse(changed).error?.issues.map(({ path }) => path)).toEqual([["a"]]);
  changed.b = "wrong";
  expect(counts.safeParse(changed).error?.issues.map(({ path }) => path)).toEqual([["a"], ["b"]]);
});
