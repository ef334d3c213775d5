import { describe, expect, test } from "vitest";
import { type KeyPath, repeatedKey } from "./repeated-key.ts";

describe("a key that occurs twice in one object is found", () => {
  test.each<[string, KeyPath]>([
    ['{"a":1,"a":1}', ["a"]],
    ['{"a":{"b":1,"b":2}}', ["a", "b"]],
    ['[0,{"a":[1,[2],{"b":{},"c":"}","b":[]}]}]', [1, "a", 2, "b"]],
    ['{"a":"\\\\","b":"\\"","a":null}', ["a"]],
    ['{"\\u0061":1, "b" : [] , "a":2}', ["a"]],
    ['{"":1,"":2}', [""]],
    ['{"__proto__":1,"__proto__":2}', ["__proto__"]],
  ])("%s", (text, path) => {
    expect(repeatedKey(text)).toEqual(path);
  });
});

test.each([
  '{"a":{"a":1},"b":[{"a":1},{"a":2}],"c":"a\\",\\"a"}',
  '"a"',
  "[1,1,[1]]",
  "null",
  '{"a":"{\\"a\\":","b":",a"}',
])("%s repeats no key", (text) => {
  expect(repeatedKey(text)).toBeUndefined();
});
