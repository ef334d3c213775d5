import { expect, test } from "vitest";
import { takeMarks } from "../mark.ts";
import { sourceMap } from "./source-map.ts";

test("marks are removed, and returned with line and column", () => {
  const { text, marks } = takeMarks("a\n  \u00011:2:x.proto\u0002b(\u00013:4:y.proto\u0002c)\n");
  expect(text).toBe("a\n  b(c)\n");
  expect(marks).toEqual([
    { line: 1, column: 2, file: "x.proto", sourceLine: 1, sourceColumn: 2 },
    { line: 1, column: 4, file: "y.proto", sourceLine: 3, sourceColumn: 4 },
  ]);
});

test("a map encodes each position as the difference to the one before", () => {
  const mark = (line: number, column: number, sourceLine: number) => ({
    line,
    column,
    file: "x.proto",
    sourceLine,
    sourceColumn: 0,
  });
  const map = JSON.parse(sourceMap("x.d.ts", [mark(0, 1, 20), mark(2, 3, 4)], (file) => `../${file}`));
  // 1,0,20,0 and, two lines on, 3,0,-16,0; C is 1, oB is 20, hB is -16.
  expect(map).toMatchObject({ version: 3, file: "x.d.ts", sources: ["../x.proto"], mappings: "CAoBA;;GAhBA" });
});
