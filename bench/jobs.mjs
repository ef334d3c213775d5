// Compares the CPU time of a typed job with that of a job of pg-boss, both over the connections of a store, with a PostgreSQL of its own.
// `node bench/jobs.mjs [--jobs 1000] [--rounds 6] [--json]`
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import process, { argv, execPath, stdout } from "node:process";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const options = {
  jobs: { type: "string", default: "1000" },
  rounds: { type: "string", default: "6" },
  json: { type: "boolean", default: false },
};
const { values } = parseArgs({ args: argv.slice(2), options });
// Below the packages that the program needs.
const folder = mkdtempSync(join(import.meta.dirname, "../shared/jobs/.bench-"));
const outfile = join(folder, "compare.mjs");
try {
  // The bundle looks for them beside itself.
  cpSync(join(import.meta.dirname, "../shared/jobs/fixtures/service/migrations"), join(folder, "service/migrations"), {
    recursive: true,
  });
  const require =
    "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);";
  await build({
    entryPoints: [join(import.meta.dirname, "jobs/compare.mjs")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: require },
    plugins: [{ name: "packages", setup: ({ onResolve }) => void onResolve({ filter: /^[^./]/ }, external) }],
  });
  const { stdout: text, status } = spawnSync(execPath, [outfile, values.jobs, values.rounds, folder], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  process.exitCode = status ?? 1;
  if (status === 0) stdout.write(values.json ? text : tableOf(JSON.parse(text)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Sources of ours are in the bundle, as in a build for production. */
function external({ path }) {
  return path.startsWith("@mesh/") ? undefined : { path, external: true };
}

function tableOf(result) {
  const rows = Object.entries(result).map(([name, { typed, own, ratio }]) => {
    return `| ${name} | ${typed.toFixed(0)} µs | ${own.toFixed(0)} µs | ${ratio.toFixed(2)} × |\n`;
  });
  return `| | Typed job | pg-boss | Ratio |\n| --- | ---: | ---: | ---: |\n${rows.join("")}`;
}
