import { expect, test } from "vitest";
import { StartOutput } from "./start-output.ts";

/** Prints the output of starts that fail, and returns what was printed and which of them failed in the same way. */
function startRepeatedly(...starts: readonly (readonly string[])[]) {
  const printed: string[] = [];
  const output = new StartOutput((line) => void printed.push(line));
  const same = starts.map((lines, index) => {
    output.begin(index > 0);
    for (const line of lines) output.line(line, !line.startsWith("info"));
    return output.fail("exit code 1");
  });
  return { printed, same };
}

test("a failure that repeats the one before it is not printed again", () => {
  const { printed, same } = startRepeatedly(["info a", "no table", "at 12:01"], ["info b", "at 12:02", "no table"]);
  expect(printed).toEqual(["info a", "no table", "at 12:01"]);
  expect(same).toEqual([false, true]);
});

test.each([
  ["other lines", ["info b", "no table", "no column"]],
  ["more lines", ["no table", "at 12:02", "no column"]],
  ["fewer lines", ["no table"]],
])("a failure with %s is printed completely, and so is the one after it if that differs", (_name, lines) => {
  const first = ["no table", "at 12:01"];
  const { printed, same } = startRepeatedly(first, lines, lines, first);
  expect(printed).toEqual([...first, ...lines, ...first]);
  expect(same).toEqual([false, false, true, false]);
});

test("a start that succeeds prints everything, and the crash after it too", () => {
  const printed: string[] = [];
  const output = new StartOutput((line) => void printed.push(line));
  const print = (...lines: readonly string[]) => {
    for (const line of lines) output.line(line, true);
  };
  output.begin(false);
  print("no table");
  output.fail("exit code 1");
  output.begin(true);
  print("no table");
  expect(printed).toEqual(["no table"]);
  output.succeed();
  expect(printed).toEqual(["no table", "no table"]);
  print("no column");
  expect(output.fail("exit code 1")).toBe(false);
  output.begin(true);
  print("no column");
  expect(printed).toEqual(["no table", "no table", "no column", "no column"]);
});
