import { expect, test } from "vitest";
import { array } from "./array.ts";
import { record } from "./map.ts";
import { message } from "./message.ts";
import { int32 } from "./numbers.ts";
import { range } from "./rules/number.ts";
import { maxItems } from "./rules/repeated.ts";
import { minLen } from "./rules/string.ts";
import { string } from "./scalars.ts";
import { violations } from "./violations.ts";

const text = () => string().check(minLen(2));
const part = message(() => ({ id: text() }));
const whole = message(() => ({
  id: text(),
  ids: array(text(), maxItems(2)),
  parts: array(part),
  byName: record(String, text(), text()),
  size: int32().check(range("int32", { gte: 1, lte: 5 })),
}));

/** Returns the violations as `field rule rulePath forKey`. */
function violationsOf(change: object): string[] {
  const right = { id: "ab", ids: [], parts: [], byName: {}, size: 1 };
  const { error } = whole.safeParse({ ...right, ...change });
  return error ? violations(error).map((one) => [one.field, one.rule, one.rulePath, one.forKey].join(" ")) : [];
}

test.each([
  [{ id: "a" }, "id string.min_len  "],
  [{ ids: ["ab", "a"] }, "ids[1] string.min_len repeated.items.string.min_len "],
  [{ ids: ["ab", "ab", "ab"] }, "ids repeated.max_items  "],
  [{ ids: [1] }, "ids[0]   "],
  [{ parts: [{ id: "a" }] }, "parts[0].id string.min_len  "],
  [{ byName: { a: "ab" } }, 'by_name["a"] string.min_len map.keys.string.min_len true'],
  [{ byName: { ab: "a" } }, 'by_name["ab"] string.min_len map.values.string.min_len '],
  [{ size: 6 }, "size int32.gte_lte int32.gte "],
])("%j gives the path of the rule, and says if a key is wrong", (change, expected) => {
  expect(violationsOf(change)).toEqual([expected]);
});
