// Measures whether a call costs more if a process has many upstreams, or contracts many RPCs. See `--help`.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { argv, execPath, exit, pid, stderr, stdout, version } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildProgram, text } from "./mesh/build.mjs";
import { rotated } from "./mesh/load-tables.mjs";
import { median } from "./mesh/median.mjs";
import { PeerProcess } from "./mesh/processes.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, `node_modules/.cache/mesh-bench/calls-growth-${pid}`);

const help = `Measures latency and CPU time of a call with more upstreams, and with more RPCs in each contract.

  node bench/calls-growth.mjs [options]

  --upstreams <number>[,…]  default: 1,10,100, each with 10 RPCs
  --rpcs <number>[,…]       default: 10,100,1000, of one upstream
  --rounds <number>         the rounds of which the result is the median; default: 5
  --seconds <number>        the duration of each round of a size; default: 1
  --write                   write the tables to bench/calls-growth.md
  --help

One call is in flight, and calls go to all upstreams and all methods in turn. CPU is that of client and server together. All
sizes take turns.

Exit codes: 0 measured; 1 a process failed; 2 an option is wrong.
`;

/** Enough calls that each method of each upstream has been called often. */
const warmUpCalls = ({ upstreams, rpcs }) => Math.max(2_000, 20 * upstreams * rpcs);

/** The most that a figure may grow from the smallest size. */
const most = 1.1;

const options = readOptions();
const load = loadavg()[0];
mkdirSync(folder, { recursive: true });
try {
  const programs = { server: await build("server"), client: await build("client") };
  const upstreams = await measureSizes(programs, options.upstreams, (size) => ({ upstreams: size, rpcs: 10 }));
  const rpcs = await measureSizes(programs, options.rpcs, (size) => ({ upstreams: 1, rpcs: size }));
  const tables = `## Upstreams\n\n${tableOf(upstreams)}\n## RPCs of a contract\n\n${tableOf(rpcs)}`;
  stdout.write(tables);
  if (options.write) writeFileSync(join(root, "bench/calls-growth.md"), `${introduction()}${tables}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function readOptions() {
  try {
    const text = { type: "string" };
    const flag = { type: "boolean", default: false };
    const types = { upstreams: text, rpcs: text, rounds: text, seconds: text, write: flag, help: flag };
    const { values } = parseArgs({ args: argv.slice(2), options: types });
    if (values.help) {
      stdout.write(help);
      exit(0);
    }
    return {
      write: values.write,
      upstreams: (values.upstreams ?? "1,10,100").split(",").map((size) => positive("--upstreams", size)),
      rpcs: (values.rpcs ?? "10,100,1000").split(",").map((size) => positive("--rpcs", size)),
      rounds: positive("--rounds", values.rounds ?? "5"),
      seconds: positive("--seconds", values.seconds ?? "1", (number) => number > 0, "a number above 0"),
    };
  } catch (error) {
    stderr.write(`${error.message}\n${help}`);
    return exit(2);
  }
}

function positive(
  option,
  given,
  isValid = (number) => Number.isInteger(number) && number > 0,
  what = "a whole number above 0",
) {
  const number = Number(given);
  if (given.trim() === "" || !isValid(number)) throw new Error(`${option} must be ${what}, got "${given}"`);
  return number;
}

function build(role) {
  return buildProgram(root, join(folder, role), `import ${text(join(root, `bench/calls-growth/${role}.mjs`))};\n`);
}

/** Measures all sizes of a table in turn. Returns the medians, in the order of the sizes. */
async function measureSizes(programs, sizes, optionsOf) {
  const pairs = [];
  try {
    for (const size of sizes) {
      const pair = await openPair(programs, optionsOf(size), size);
      pairs.push(pair);
      await pair.client.ask("unary", { inFlight: 1, calls: warmUpCalls(optionsOf(size)) });
    }
    for (let round = 0; round < options.rounds; round++) for (const pair of rotated(pairs, round)) await measure(pair);
    return pairs.map(({ size, results }) => ({
      size,
      p50: median(results.map(({ p50 }) => p50)),
      cpu: median(results.map(({ cpu }) => cpu)),
    }));
  } finally {
    await Promise.all(pairs.flatMap(({ server, client }) => [server.end(), client.end()]));
  }
}

async function openPair(programs, sizes, size) {
  const start = (role) => new PeerProcess(`${role} of ${size}`, programs[role], { node: execPath, options: sizes });
  const pair = { size, server: start("server"), client: start("client"), results: [] };
  try {
    const [addresses] = await Promise.all([pair.server.next(), pair.client.next()]);
    await pair.client.ask("connect", addresses);
    return pair;
  } catch (error) {
    await Promise.all([pair.server.end(), pair.client.end()]);
    throw error;
  }
}

/** Adds a result: the median latency in milliseconds, and the CPU time of both processes per call in microseconds. */
async function measure({ server, client, results }) {
  const before = await server.ask("usage");
  const { calls, cpu, p50 } = await client.ask(
    "unary",
    { inFlight: 1, seconds: options.seconds },
    options.seconds * 1_000,
  );
  const after = await server.ask("usage");
  results.push({ p50, cpu: (cpu + after.user + after.system - before.user - before.system) / calls });
}

function tableOf(rows) {
  const [first] = rows;
  const growth = (value, from) => `${(value / from).toFixed(2)} ×${value / from > most ? " (over)" : ""}`;
  const lines = rows.map(({ size, p50, cpu }) => {
    return `| ${size} | ${p50.toFixed(3)} ms | ${growth(p50, first.p50)} | ${cpu.toFixed(0)} µs | ${growth(cpu, first.cpu)} |`;
  });
  return `| number | p50 | growth | CPU | growth |\n| ---: | ---: | ---: | ---: | ---: |\n${lines.join("\n")}\n`;
}

function introduction() {
  const command = ["node bench/calls-growth.mjs", ...argv.slice(2)].join(" ");
  return `# Calls in a growing mesh

Written by \`${command}\` with Node ${version} on ${cpus().length} × ${cpus()[0]?.model}, at a load of ${load.toFixed(1)} when it
began.

Latency and CPU time of one call, with one in flight, by the mux without TLS. Calls go to all upstreams and methods in turn. No
figure should grow by more than 10 % from the first row.

`;
}
