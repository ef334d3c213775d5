// `npm run check`: checks the code without running it.
import "./supported-node.mjs";
import { spawnSync } from "node:child_process";

const steps = [
  ["format and lint", "biome ci ."],
  ["import directions", "node scripts/check-imports.mjs"],
  ["contracts", "buf lint"],
  ["bounds of request fields", "node tools/checks/bin/mesh-lint.mjs"],
  ["callers and consumers", "node tools/checks/bin/mesh-access.mjs"],
  ["deterministic generation", "mesh-generate && mesh-generate --check"],
  ["types", "node scripts/types.mjs"],
];

const help = `Checks the code without running it.

  npm run check

${steps.map(([name, command]) => `  ${name.padEnd(32)}${command}`).join("\n")}

All checks run, even if one fails. Exit codes: 0 all passed; 1 a check failed; 2 an argument is wrong.
`;

const [argument] = process.argv.slice(2);
if (argument === "--help" || argument === "-h") {
  process.stdout.write(help);
  process.exit(0);
}
if (argument !== undefined) {
  process.stderr.write(`npm run check has no argument "${argument}": see --help\n`);
  process.exit(2);
}

const failed = steps.filter(([name, command]) => {
  const startedAt = Date.now();
  process.stdout.write(`\n── ${name}: ${command}\n`);
  const { status } = spawnSync(command, { shell: true, stdio: "inherit", env: withBinaries() });
  process.stdout.write(`${status === 0 ? "✓" : "✗"} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)\n`);
  return status !== 0;
});

function withBinaries() {
  const separator = process.platform === "win32" ? ";" : ":";
  const path = `${import.meta.dirname}/../node_modules/.bin${separator}${process.env.PATH}`;
  return { ...process.env, PATH: path, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
}

process.stdout.write(`\n${steps.length - failed.length} checks passed, ${failed.length} failed\n`);
process.exitCode = failed.length > 0 ? 1 : 0;
