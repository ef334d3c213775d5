import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { env, execPath } from "node:process";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

test("counts tests and names those that failed or needed a second attempt, and a file whose hook failed", () => {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "report-"));
  const file = join(folder, "report.json");
  const start = 'import { beforeAll, expect, test } from "vitest";\n';
  writeFileSync(join(folder, "vitest.config.mjs"), "export default {};\n");
  writeFileSync(
    join(folder, "a.test.mjs"),
    `${start}let n = 0;
    test("right", () => {});
    test("second", () => expect(++n).toBe(2));
    test("wrong", () => expect(1, "one\\nline").toBe(2));
    test("lost", () => { throw new Error("fetch failed", { cause: new Error("refused") }); });`,
  );
  writeFileSync(
    join(folder, "b.test.mjs"),
    `${start}beforeAll(() => { throw new Error("no server"); });\ntest("skipped", () => {});`,
  );
  const flags = ["run", "--root", folder, "--retry=1", `--reporter=${join(root, "scripts/test-report.mjs")}`];
  spawnSync(execPath, [join(root, "node_modules/vitest/vitest.mjs"), ...flags], {
    env: { ...env, MESH_TEST_REPORT: file },
  });
  const { passed, failed, lines } = JSON.parse(readFileSync(file, "utf8"));
  rmSync(folder, { recursive: true });

  expect([passed, failed]).toEqual([2, 3]);
  expect(lines.sort()).toEqual([
    "failed: a.test.mjs > lost: fetch failed: refused",
    expect.stringMatching(/^failed: a.test.mjs > wrong: one line: expected 1 to be 2.*- 2 \+ 1/),
    "failed: b.test.mjs: no server",
    expect.stringMatching(/^passed only at a second attempt: a.test.mjs > second: expected 1 to be 2/),
  ]);
});
