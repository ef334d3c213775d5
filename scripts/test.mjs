// `npm test`: prepares the clone, runs every test, and ends with a line `N passed, N failed`.
// Vitest gets the arguments: `npm test -- shared/rpc` runs a part.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, env, execPath, exit, stdout } from "node:process";
import { prepare } from "../tools/dev/src/build/prepare.mjs";
import { findBrowser, installBrowser } from "./browser.mjs";

const root = join(import.meta.dirname, "..");
const parts = argv.slice(2).filter((argument) => !argument.startsWith("-"));
const needsBrowser = parts.length === 0 || parts.some((part) => /^(e2e|gateway)/.test(part));

await prepare(root).catch((error) => {
  stdout.write(`${error.message}\n0 passed, 1 failed\n`);
  exit(1);
});
const browser = findBrowser() ?? (needsBrowser ? installBrowser() : undefined);
if (!browser && needsBrowser) stdout.write("no browser: tests that need one will fail\n");

const folder = mkdtempSync(join(tmpdir(), "typemesh-test-"));
const report = join(folder, "report.json");
const flags = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...argv.slice(2)];
const { status } = spawnSync(execPath, [join(root, "node_modules/vitest/vitest.mjs"), ...flags], {
  cwd: root,
  stdio: "inherit",
  env: { ...env, ...(browser && { MESH_BROWSER: browser }) },
});
const { passed, failed } = countOf(report);
rmSync(folder, { recursive: true, force: true });
stdout.write(`${passed} passed, ${failed} failed\n`);
exit(status === 0 && failed === 0 && passed > 0 ? 0 : 1);

/** Counts tests. A file that failed outside of its tests, or a run without a report, counts as one failed test. */
function countOf(file) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, "utf8"));
    const broken = testResults.filter(({ status, assertionResults }) => {
      return status === "failed" && !assertionResults.some((test) => test.status === "failed");
    });
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
