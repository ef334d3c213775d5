import { afterEach, expect, test, vi } from "vitest";
import { unsure } from "../fast.ts";
import { fieldsOf } from "../field.ts";
import { int32 } from "../numbers.ts";
import { string } from "../scalars.ts";
import { readerOf } from "./compiled.ts";
import { readerOf as loopOf } from "./looped.ts";

const fields = fieldsOf({ id: string(), count: int32().default(0), note: string().optional() });

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["compiled", readerOf],
  ["a loop", loopOf],
])("a reader that is %s returns a new message of own keys, with defaults", (_, readerFor) => {
  const read = readerFor(fields);
  expect(read({ id: "a", more: 1 })).toEqual({ id: "a", count: 0 });
  expect(read({ id: "a", count: 2, note: "b" })).toEqual({ id: "a", count: 2, note: "b" });
  expect(read({ id: 1 })).toBe(unsure);
  expect(read(Object.create({ id: "a", count: 1 }))).toEqual({ id: "", count: 0 });
});

test("no code is compiled in a browser", () => {
  const compile = vi.fn();
  vi.stubGlobal("Function", compile);
  vi.stubGlobal("document", {});
  expect(readerOf(fields)({ id: "a" })).toEqual({ id: "a", count: 0 });
  expect(compile).not.toHaveBeenCalled();
});
