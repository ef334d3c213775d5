// A Vitest reporter that writes a run's counts, and the tests that failed or passed only at a second attempt, to the
// file that `MESH_TEST_REPORT` names, as JSON: `{ passed, failed, lines }`.
import { writeFileSync } from "node:fs";
import { env } from "node:process";
import { stripVTControlCharacters } from "node:util";

export default class TestReport {
  onTestRunEnd(modules, unhandledErrors) {
    const report = { passed: 0, failed: unhandledErrors.length, lines: unhandledErrors.map(lineOf) };
    for (const module of modules) addModule(report, module);
    writeFileSync(env.MESH_TEST_REPORT, JSON.stringify(report));
  }
}

function addModule(report, module) {
  const tests = [...module.children.allTests()];
  for (const test of tests) addTest(report, module, test);
  // A file can fail outside of its tests: while it is loaded, or in a hook.
  if (module.state() !== "failed" || tests.some((test) => test.result().state === "failed")) return;
  report.failed++;
  const errors = [module, ...module.children.allSuites()].flatMap((suite) => suite.errors());
  report.lines.push(`failed: ${module.relativeModuleId}: ${lineOf(errors[0])}`);
}

function addTest(report, module, test) {
  const { state, errors } = test.result();
  const name = `${module.relativeModuleId} > ${test.fullName}`;
  if (state === "failed") {
    report.failed++;
    report.lines.push(`failed: ${name}: ${lineOf(errors[0])}`);
  }
  if (state !== "passed") return;
  report.passed++;
  if (test.diagnostic()?.flaky) report.lines.push(`passed only at a second attempt: ${name}: ${lineOf(errors?.[0])}`);
}

/** What an error says, its causes, and how the values differ that a test compares, as one line. */
function lineOf(error) {
  const parts = [];
  for (let one = error; one; one = one.cause) parts.push(one.message ?? String(one));
  if (error?.diff) parts.push(stripVTControlCharacters(error.diff).replaceAll(/^[^-+\n].*$/gm, ""));
  return (parts.join(": ") || "no error is known").replaceAll(/\s+/g, " ").slice(0, 1_000);
}
