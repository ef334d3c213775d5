import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const page = readFileSync("docs/security.md", "utf8");
const rows = page.split("\n").filter((line) => /^\| API\d+ /.test(line));

/** The tests in a row of the table: `path/of.test.ts`: "its title" */
function testsIn(row: string) {
  return [...row.matchAll(/`([^`]+\.test\.\w+)`: "([^"]+)"/g)].map(([, path = "", title = ""]) => ({ path, title }));
}

/** Returns true if a file has a test, or a group of tests, with a title. */
function hasTest(path: string, title: string): boolean {
  const text = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const source = readFileSync(path, "utf8").replace(/^ *(\/\/|\*).*$/gm, "");
  return new RegExp(`\\b(it|test|describe)\\b[^;]{0,2000}?\\(\\s*"${text}",`).test(source);
}

test("the page on security has a row for each of the ten risks, with the tests that show what is done about it", () => {
  const numbers = rows.map((row) => /^\| API(\d+) /.exec(row)?.[1]);
  expect(numbers).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
  for (const row of rows) {
    const [, , , tests = ""] = row.split(" | ").length === 3 ? ["", ...row.split(" | ")] : [];
    const named = testsIn(row);
    expect([row, named.length]).toEqual([row, tests.split("<br>").length]);
    expect(named.length).toBeGreaterThan(0);
  }
});

test.each(rows.flatMap(testsIn))("$path has the test “$title”", ({ path, title }) => {
  expect(hasTest(path, title)).toBe(true);
});

test("a test that is not there is noticed", () => {
  expect(hasTest("gateway/src/two-users.test.ts", "no such test")).toBe(false);
  expect(() => hasTest("gateway/src/no.test.ts", "x")).toThrow("ENOENT");
});
