import { expect, onTestFinished, test } from "vitest";
import { isText } from "./text.ts";

const cases: [value: unknown, isRight: boolean][] = [
  ["", true],
  ["żółć 😀", true],
  ["\ud83d\ude00", true],
  ["\ud800", false],
  ["a\udc00b", false],
  ["\ude00\ud83d", false],
  ["😀\ud83d", false],
  [1, false],
  [null, false],
  [["a"], false],
];

test.each(cases)("isText(%j) is %s", (value, isRight) => {
  expect(isText(value)).toBe(isRight);
});

test("isText is the same in an engine without isWellFormed", () => {
  const native = String.prototype.isWellFormed;
  onTestFinished(() => void Object.assign(String.prototype, { isWellFormed: native }));
  Reflect.deleteProperty(String.prototype, "isWellFormed");
  expect(cases.map(([value]) => isText(value))).toEqual(cases.map(([, isRight]) => isRight));
});
