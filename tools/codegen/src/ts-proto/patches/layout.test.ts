import { createRequire } from "node:module";
import { getTsPoetOpts, optionsFromParameter } from "ts-proto/build/src/options.js";
import { expect, test } from "vitest";
import { patched } from "../../../testing/stock.ts";
import { layOut } from "./layout.ts";

const require = createRequire(import.meta.url);

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

test("ts-proto has no option to turn its formatter off, which takes most of the time", async () => {
  const options = getTsPoetOpts(optionsFromParameter("format=false"), "", "");
  const messages = Array.from({ length: 200 }, (_, index) => `message M${index} { string a = 1; repeated M0 b = 2; }`);
  const { code } = await patched(`syntax = "proto3"; package p.v1;\n${messages.join("\n")}`);
  const { code: template } = createRequire(require.resolve("ts-proto/package.json"))("ts-poet");
  expect(options).not.toHaveProperty("format");
  expect(took(() => template`${code}`.toString(options))).toBeGreaterThan(3 * took(() => layOut(code)));
});

function took(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
