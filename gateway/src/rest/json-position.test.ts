import { expect, test } from "vitest";
import { jsonFault } from "./json-position.ts";

test.each([
  ["{", "line 1, column 2"],
  ['{"a":}', "line 1, column 6"],
  ['{"a": 1,}', "line 1, column 9"],
  ['{"a": 1\n "b": 2}', "line 2, column 2"],
  ['{\n  "a": [1, 2,, 3]\n}', "line 2, column 14"],
  ["[1 2]", "line 1, column 4"],
  ["[1,]", "line 1, column 4"],
  ["[}", "line 1, column 2"],
  ["nope", "line 1, column 1"],
  ["01", "line 1, column 1"],
  ["1.", "line 1, column 1"],
  ["{} {}", "line 1, column 4"],
  ["'a'", "line 1, column 1"],
  ['"a\nb"', "line 1, column 1"],
  ['"\\x"', "line 1, column 1"],
  ["{a: 1}", "line 1, column 2"],
  ['{"a" 1}', "line 1, column 6"],
  ["[1,2]]", "line 1, column 6"],
  ["NaN", "line 1, column 1"],
])("%j has its first fault at %s", (text, place) => {
  expect(() => JSON.parse(text)).toThrow();
  expect(jsonFault(text)).toBe(place);
});

test.each(["{}", '{"a":[1,-0.5e+3,{"b":null}],"c":"\\u00e4\\n"}', " [ ] ", '"a\x7f"', "true"])(
  "%j is JSON to its end",
  (text) => {
    expect(() => JSON.parse(text)).not.toThrow();
    expect(jsonFault(text)).toBe(`line 1, column ${text.length + 1}`);
  },
);

test("a long text is quick", () => {
  const text = `{"a":"${"x".repeat(256 * 1024)}",}`;
  expect(jsonFault(text)).toBe(`line 1, column ${text.length}`);
});
