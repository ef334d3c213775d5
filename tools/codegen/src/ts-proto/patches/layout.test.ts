import { getTsPoetOpts, optionsFromParameter } from "ts-proto/build/src/options.js";
import { expect, test } from "vitest";
import { layOut } from "./layout.ts";

test.each([
  ["indents by the brackets that are open", "a({\nb,\n  [\nc\n]})", "a({\n    b,\n    [\n      c\n]})\n"],
  ["removes empty lines within brackets", "\n\n{\n\n a\n\n}\n\n\nb\n\n", "{\n  a\n}\n\nb\n"],
  ["counts no brackets in strings", "f(\"{\", '[(\\'{', a)\nb", "f(\"{\", '[(\\'{', a)\nb\n"],
  ["counts no brackets in comments", "a // {\n/** { */\nb", "a // {\n/** { */\nb\n"],
  [
    "keeps comments of several lines",
    "{\n/**\n   * a {\n *\n *   b\n */\nc\n}",
    "{\n  /**\n   * a {\n   *\n   *   b\n   */\n  c\n}\n",
  ],
])("%s", (_, source, expected) => {
  expect(layOut(source)).toBe(expected);
});

test("ts-proto has no option to turn its formatter off", () => {
  expect(getTsPoetOpts(optionsFromParameter("format=false"), "", "")).not.toHaveProperty("format");
});
