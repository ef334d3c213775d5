// Measures a server at five times the load that it can bear: `node bench/overload.mjs [--seconds 10] [--rounds 3]
// [--only compute|wait] [--no-mux] [--json]`. Server and client are processes of their own.
//
// On a busy machine, pauses of the processes count as latency. The column "in front" does not depend on them: how many other
// calls were accepted while a call waited (the 99th percentile), in the time that the server takes for so many at its peak.
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, execPath, pid, stderr, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildProgram, text } from "./mesh/build.mjs";
import { median } from "./mesh/median.mjs";
import { PeerProcess } from "./mesh/processes.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, `node_modules/.cache/mesh-bench/overload-${pid}`);

/** The handlers: one that computes for 1 ms, and one that waits 5 ms on one of ten connections. */
const kinds = [
  { name: "computes 1 ms", handler: "compute", ms: 1 },
  { name: "waits 5 ms on one of 10 connections", handler: "wait", ms: 5 },
];

/** How much more than it can bear the server gets. */
const factor = 5;

const { seconds, rounds, json, mux, only } = readOptions();
mkdirSync(folder, { recursive: true });
try {
  const programs = {};
  for (const role of ["server", "client"]) {
    const source = `import ${text(join(root, `bench/overload/${role}.mjs`))};\n`;
    programs[role] = await buildProgram(root, join(folder, role), source);
  }
  const results = [];
  for (const kind of kinds.filter(({ handler }) => !only || handler === only))
    results.push({ kind: kind.name, ...(await measureRounds(programs, kind)) });
  const cost = await measureRejections(programs);
  stdout.write(json ? `${JSON.stringify({ results, cost })}\n` : tableOf(results, cost));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function readOptions() {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      seconds: { type: "string", default: "10" },
      rounds: { type: "string", default: "3" },
      json: { type: "boolean", default: false },
      only: { type: "string" },
      "no-mux": { type: "boolean", default: false },
    },
  });
  return { ...values, seconds: Number(values.seconds), rounds: Number(values.rounds), mux: !values["no-mux"] };
}

async function withPair(programs, options, measure) {
  const server = new PeerProcess("server", programs.server, { node: execPath, options });
  const client = new PeerProcess("client", programs.client, { node: execPath, options: { mux } });
  try {
    const [address] = await Promise.all([server.next(), client.next()]);
    await client.ask("connect", address);
    return await measure({ server, client });
  } finally {
    await Promise.all([server.end(), client.end()]);
  }
}

/** Returns the medians of the rounds. Each has processes of its own. */
async function measureRounds(programs, kind) {
  const all = [];
  for (let round = 1; round <= rounds; round++) {
    all.push(await withPair(programs, kind, measure));
    stderr.write(`${kind.name}, round ${round}: ${JSON.stringify(all.at(-1))}\n`);
  }
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, median(all.map((one) => one[name]))]));
}

async function measure({ client }) {
  const run = (action, load) => client.ask(action, load, load.seconds * 1_000);
  await run("closed", { inFlight: 16, seconds: 3 });
  const unloaded = await run("closed", { inFlight: 1, seconds: 2 });
  const peaks = [];
  for (const inFlight of [12, 20]) peaks.push(rateOf(await run("closed", { inFlight, seconds: 3 })));
  const peak = Math.max(...peaks);
  const over = await run("open", { rate: peak * factor, seconds });
  const after = await run("open", { rate: peak / 2, seconds: 8 });
  return {
    peak: Math.round(peak),
    goodput: rateOf(over) / peak,
    unloadedP99: unloaded.p99,
    p99: over.p99,
    ahead: over.ahead,
    aheadMs: (over.ahead / peak) * 1_000,
    bound: 2 * unloaded.p99 + 50,
    failed: over.failed,
    recoverySeconds: recoveryOf(after),
  };
}

function rateOf({ accepted, seconds }) {
  return accepted / seconds;
}

/** Returns when the last second with a call that was not accepted ended, in seconds. */
function recoveryOf({ parts }) {
  return (parts.findLastIndex(({ rejected, failed }) => rejected + failed > 0) + 1) / 10;
}

/** Compares the CPU time of the server for a call that does nothing, and for one that it rejects. */
async function measureRejections(programs) {
  const inFlight = { unary: 64, streams: 1_000 };
  const load = { inFlight: 32, seconds: 3 };
  return withPair(programs, { handler: "none", inFlight }, async ({ server, client }) => {
    const cpuOf = async (name) => {
      const before = await server.ask("usage");
      const result = await client.ask("closed", load, load.seconds * 1_000);
      const after = await server.ask("usage");
      return (after.user + after.system - before.user - before.system) / result[name];
    };
    await cpuOf("accepted");
    const call = [await cpuOf("accepted"), await cpuOf("accepted")];
    await client.ask("hold", 64);
    await cpuOf("rejected");
    const rejection = [await cpuOf("rejected"), await cpuOf("rejected")];
    return { callUs: median(call), rejectionUs: median(rejection) };
  });
}

function tableOf(results, { callUs, rejectionUs }) {
  const rows = results.map((one) =>
    [
      `| ${one.kind} | ${one.peak}/s | ${percent(one.goodput)} | ${one.unloadedP99.toFixed(1)} ms`,
      `${one.p99.toFixed(1)} ms | ${one.aheadMs.toFixed(1)} ms | ${one.bound.toFixed(1)} ms | ${one.recoverySeconds.toFixed(1)} s |`,
    ].join(" | "),
  );
  const head =
    "| handler | peak | goodput at 5 × | p99 unloaded | p99 at 5 × | in front | 2 × unloaded + 50 ms | recovery |";
  const cost = `CPU time of the server: ${callUs.toFixed(1)} µs for an empty call, ${rejectionUs.toFixed(1)} µs for a rejection`;
  return `${head}\n|${" --- |".repeat(8)}\n${rows.join("\n")}\n\n${cost} (${percent(rejectionUs / callUs)})\n`;
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}
