import { afterEach, expect, test, vi } from "vitest";
import type { z } from "zod";
import { array } from "../array.ts";
import { unsure } from "../fast.ts";
import { fieldsOf } from "../field.ts";
import { message } from "../message.ts";
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

test.each([
  ["compiled", readerOf],
  ["a loop", loopOf],
])("a reader that is %s sets a field that every object inherits, also if it is absent", (_, readerFor) => {
  const read = readerFor(fieldsOf({ toString: string().optional(), constructor: string() }));
  expect(Object.entries(read({}) as object).sort()).toEqual([
    ["constructor", ""],
    ["toString", undefined],
  ]);
});

test("a message that contains itself is compiled once", () => {
  const compile = vi.fn();
  const { Function: Compiled } = globalThis;
  vi.stubGlobal(
    "Function",
    class extends Compiled {
      constructor(...code: string[]) {
        super(...code);
        compile();
      }
    },
  );
  const tree: z.ZodType = message(() => ({ left: tree.optional(), all: array(tree) }));
  const value = { left: { left: { all: [] }, all: [{ all: [] }] }, all: [{ left: { all: [] }, all: [] }] };
  expect(tree.parse(value)).toEqual(value);
  expect(compile).toHaveBeenCalledTimes(1);
});

test("no code is compiled in a browser", () => {
  const compile = vi.fn();
  vi.stubGlobal("Function", compile);
  vi.stubGlobal("document", {});
  expect(readerOf(fields)({ id: "a" })).toEqual({ id: "a", count: 0 });
  expect(compile).not.toHaveBeenCalled();
});
