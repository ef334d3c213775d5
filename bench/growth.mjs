// How generation, type checks and completion in an editor grow with the mesh: synthetic meshes of ten methods a service,
// beside the example's services. `node bench/growth.mjs --help`
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureCompletion } from "./growth/editor.mjs";
import { report } from "./growth/report.mjs";
import { measure, median } from "./growth/run.mjs";
import { writeWorkspace } from "./growth/workspace.mjs";

const help = `node bench/growth.mjs [options]

  --sizes 10,50,200   how many services, from the smallest to the largest
  --rounds 3          of how many runs the time of a type check is the median
  --write             write the table to bench/growth.md
  --keep              leave the meshes in the folder for temporary files, and say where
  --help
`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const tsc = join(root, "node_modules/typescript/bin/tsc");
const options = optionsFrom(process.argv.slice(2));

const load = loadavg()[0];
const columns = [];
for (const size of options.sizes) columns.push(await measureMesh(size));
const text = report(columns, { ...options, load });
process.stdout.write(`\n${text}`);
if (options.write) writeFileSync(join(root, "bench/growth.md"), text);

async function measureMesh(size) {
  const { folder, names } = writeWorkspace(root, size);
  try {
    // Once: a second time there would be nothing left to write.
    const generated = await timed(`${size}: generation`, folder, ["tools/codegen/bin/mesh-generate.mjs"], 1);
    saveContract(folder, names[Math.floor(size / 2)]);
    const saved = await timed(`${size}: one saved`, folder, ["tools/codegen/bin/mesh-generate.mjs"], 1);
    const gateway = await timed(`${size}: gateway`, folder, [tsc, "--noEmit", "-p", "gateway"]);
    const browser = await timed(`${size}: browser`, folder, [tsc, "--noEmit", "-p", "web"]);
    const whole = await timed(`${size}: everything`, folder, [tsc, "--noEmit", "-p", "."]);
    const completion = await measureCompletion(folder, tsc, names[Math.floor(size / 2)]);
    progress(`${size}: completion`, `${completion.editedMs.toFixed(0)} ms`);
    return { size, generated, saved, gateway, browser, whole, completion };
  } finally {
    if (options.keep) process.stderr.write(`${folder}\n`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** Changes a rule of a contract, as a developer would. */
function saveContract(folder, name) {
  const path = join(folder, `proto/${name}/v1/${name}.proto`);
  const source = readFileSync(path, "utf8");
  const changed = source.replace("max_len = ", "max_len = 1");
  if (changed === source) throw new Error(`${path} has no max_len: change bench/growth.mjs`);
  writeFileSync(path, changed);
}

async function timed(what, folder, args, rounds = options.rounds) {
  const runs = [];
  for (let round = 0; round < rounds; round++) runs.push(await measure(folder, args));
  const facts = Object.keys(runs[0]).map((fact) => [fact, median(runs.map((run) => run[fact]))]);
  const result = Object.fromEntries(facts);
  progress(what, `${result.seconds.toFixed(2)} s`);
  return result;
}

function progress(what, result) {
  process.stderr.write(`${what.padEnd(20)} ${result}\n`);
}

function optionsFrom(args) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        sizes: { type: "string", default: "10,50,200" },
        rounds: { type: "string", default: "3" },
        write: { type: "boolean", default: false },
        keep: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) return end(0, help);
    const sizes = values.sizes.split(",").map(Number);
    const rounds = Number(values.rounds);
    if (![...sizes, rounds].every((number) => Number.isInteger(number) && number > 0)) {
      return end(2, `--sizes and --rounds take whole numbers above 0\n\n${help}`);
    }
    return { ...values, sizes, rounds };
  } catch (error) {
    return end(2, `${error.message}\n\n${help}`);
  }
}

function end(code, message) {
  (code === 0 ? process.stdout : process.stderr).write(message);
  return process.exit(code);
}
