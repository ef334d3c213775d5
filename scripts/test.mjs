// `npm test`: prepares the clone, runs the tests of the product, and ends with a line `N passed, N failed`. Vitest gets the
// arguments: `npm test -- shared/rpc` runs a part, which may be one of the tools, and `npm run test:tools` the tests of all tools.
import "./supported-node.mjs";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { argv, env, execPath, exit, stdout } from "node:process";
import { prepare } from "../tools/dev/src/build/prepare.mjs";
import { findBrowser, installBrowser } from "./browser.mjs";

const root = join(import.meta.dirname, "..");
const parts = argv.slice(2).filter((argument) => !argument.startsWith("-"));
const isWhole = parts.length === 0 && !argv.some((argument) => /^--(project|config)\b/.test(argument));
const needsBrowser = parts.length === 0 || parts.some((part) => /^(e2e|gateway)/.test(part));

await prepare(root).catch((error) => {
  stdout.write(`${error.message}\n0 passed, 1 failed\n`);
  exit(1);
});
const browser = findBrowser() ?? (needsBrowser ? installBrowser() : undefined);
if (!browser && needsBrowser) stdout.write("no browser: tests that need one will fail\n");

const folder = mkdtempSync(join(tmpdir(), "typemesh-test-"));
const file = join(folder, "report.json");
const flags = ["run", "--reporter=default", `--reporter=${join(root, "scripts/test-report.mjs")}`, ...argv.slice(2)];
if (isWhole) flags.push("--project=!tools*");
const { status } = spawnSync(execPath, [join(root, "node_modules/vitest/vitest.mjs"), ...flags], {
  cwd: root,
  stdio: "inherit",
  env: { ...env, MESH_TEST_REPORT: file, ...(browser && { MESH_BROWSER: browser }) },
});
const { passed, failed, lines } = readReport();
rmSync(folder, { recursive: true, force: true });
for (const line of lines) stdout.write(`${line}\n`);
stdout.write(`${passed} passed, ${failed} failed\n`);
exit(status === 0 && failed === 0 && passed > 0 ? 0 : 1);

/** Returns what the reporter wrote. A run that ended without a report counts as one failed test. */
function readReport() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { passed: 0, failed: 1, lines: [`failed: Vitest ended with ${status} and no report`] };
  }
}
