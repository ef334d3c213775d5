import { expect, test } from "vitest";
import { isHostAndPort, isHostname } from "./host.ts";

const longest = `${"123456789.".repeat(25)}abc`;

test.each([
  ["example.com", true],
  ["example.com.", true],
  [longest, true],
  [`${longest}.`, true],
  [`${longest}d`, false],
  [`${longest}d.`, false],
  [`${longest}..`, false],
  [".", false],
  ["", false],
  ["a.1.", false],
])("%j is a hostname: %j", (text, expected) => {
  expect(isHostname(text)).toBe(expected);
  expect(isHostAndPort(`${text}:80`)).toBe(expected);
});
