// Measures a server at five times the load that it can bear: `node bench/overload.mjs [--seconds 10] [--rounds 3]
// [--only compute,wait,pool,mixed] [--parts] [--no-cost] [--no-mux] [--json]`, or how many calls one of two replicas gets when it
// fails: `--failing`. Server and client are processes of their own.
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
import { failures, measureFailing } from "./overload/failing.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, `node_modules/.cache/mesh-bench/overload-${pid}`);

/** The handlers, and how many calls at a time show the peak. */
const kinds = [
  { name: "computes 1 ms", handler: "compute", ms: 1, busy: [12, 20] },
  { name: "waits 20 ms", handler: "wait", ms: 20, busy: [200, 400] },
  { name: "waits 20 ms on one of 10 connections", handler: "pool", ms: 20, busy: [12, 20] },
  { name: "computes 1 ms or waits 20 ms", handler: "mixed", ms: 20, busy: [40, 80] },
];

/** How much more than it can bear the server gets. */
const factor = 5;

/** How long a server that had too much to do is then watched. */
const recoverySeconds = 6;

/** The calls a second to a replica that fails and one that does not. */
const rates = [50, 500];

const { seconds, rounds, json, mux, only, parts, failing, cost: isCostMeasured } = readOptions();
mkdirSync(folder, { recursive: true });
try {
  const programs = {};
  for (const role of ["server", "client"]) {
    const source = `import ${text(join(root, `bench/overload/${role}.mjs`))};\n`;
    programs[role] = await buildProgram(root, join(folder, role), source);
  }
  if (failing)
    for (const failure of failures)
      for (const rate of rates) stdout.write(lineOf(await measureFailing(programs, { mux, failure, rate })));
  const results = [];
  for (const kind of failing ? [] : kinds.filter(({ handler }) => !only || only.split(",").includes(handler)))
    results.push({ kind: kind.name, ...(await measureRounds(programs, kind)) });
  const cost = isCostMeasured && !failing ? await measureRejections(programs) : undefined;
  if (!failing) stdout.write(json ? `${JSON.stringify({ results, cost })}\n` : tableOf(results, cost));
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
      failing: { type: "boolean", default: false },
      parts: { type: "boolean", default: false },
      "no-cost": { type: "boolean", default: false },
      "no-mux": { type: "boolean", default: false },
    },
  });
  return {
    ...values,
    seconds: Number(values.seconds),
    rounds: Number(values.rounds),
    mux: !values["no-mux"],
    cost: !values["no-cost"],
  };
}

async function withPair(programs, options, measure) {
  const server = new PeerProcess("server", programs.server, { node: execPath, options });
  const client = new PeerProcess("client", programs.client, { node: execPath, options: { mux } });
  try {
    const [address] = await Promise.all([server.next(), client.next()]);
    await client.ask("connect", address);
    return await measure({ server, client, address });
  } finally {
    await Promise.all([server.end(), client.end()]);
  }
}

/** Returns the medians of the rounds. Each has processes of its own. */
async function measureRounds(programs, kind) {
  const all = [];
  for (let round = 1; round <= rounds; round++) {
    all.push(await withPair(programs, kind, (pair) => measure(pair, kind)));
    stderr.write(`${kind.name}, round ${round}: ${JSON.stringify(all.at(-1))}\n`);
  }
  return Object.fromEntries(Object.keys(all[0]).map((name) => [name, median(all.map((one) => one[name]))]));
}

async function measure({ client, server }, { busy }) {
  const run = (action, load) => client.ask(action, load, load.seconds * 1_000);
  await run("closed", { inFlight: 16, seconds: 3 });
  const unloaded = await run("closed", { inFlight: 1, seconds: 2 });
  const peaks = [];
  for (const inFlight of busy) peaks.push(rateOf(await run("closed", { inFlight, seconds: 3 })));
  const peak = Math.max(...peaks);
  const before = await server.ask("usage");
  const over = await run("open", { rate: peak * factor, seconds });
  const usage = await server.ask("usage");
  const after = await run("open", { rate: peak / 2, seconds: recoverySeconds });
  const { others, slowest } = over;
  if (parts)
    stderr.write(`${over.parts.map(({ accepted, rejected, most }) => `${accepted}/${rejected}/${most}`).join(" ")}\n`);
  if (over.failed > 0) stderr.write(`${JSON.stringify(others)}\n`);
  return {
    peak: Math.round(peak),
    offered: over.made / seconds / peak,
    goodput: rateOf(over) / peak,
    unloadedP99: unloaded.p99,
    p50: over.p50,
    p99: over.p99,
    ahead: over.ahead,
    aheadMs: (over.ahead / peak) * 1_000,
    bound: 2 * unloaded.p99 + 50,
    failed: over.failed,
    recoverySeconds: recoveryOf(after),
    before: slowest.before,
    inside: slowest.inside,
    after: slowest.after,
    clientCpu: over.cpuMs / 1_000 / seconds,
    serverCpu: (usage.user + usage.system - before.user - before.system) / 1e6 / seconds,
    clientLoopP99: over.loopDelayP99,
    serverLoopP99: usage.loopDelayP99,
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
  // Few enough that all reach the server: after rejections, a client itself rejects calls.
  const load = { inFlight: 12, seconds: 3 };
  return withPair(programs, { handler: "none", inFlight }, async ({ server, client, address }) => {
    const cpuOf = async (name) => {
      const before = await server.ask("usage");
      const result = await client.ask("closed", load, load.seconds * 1_000);
      const after = await server.ask("usage");
      return (after.user + after.system - before.user - before.system) / result[name];
    };
    await cpuOf("accepted");
    const call = [await cpuOf("accepted"), await cpuOf("accepted")];
    const holder = new PeerProcess("holder", programs.client, { node: execPath, options: { mux } });
    await holder.next();
    await holder.ask("connect", address);
    await holder.ask("hold", 64);
    await cpuOf("rejected");
    const rejection = [await cpuOf("rejected"), await cpuOf("rejected")];
    await holder.end();
    return { callUs: median(call), rejectionUs: median(rejection) };
  });
}

function tableOf(results, cost) {
  const rows = results.map((one) =>
    [
      `| ${one.kind} | ${one.peak}/s | ${one.offered.toFixed(1)} × | ${percent(one.goodput)} | ${ms(one.unloadedP99)}`,
      `${ms(one.p99)} | ${ms(one.aheadMs)} | ${ms(one.bound)} | ${one.recoverySeconds.toFixed(1)} s`,
      `${ms(one.before)} + ${ms(one.inside)} + ${ms(one.after)}`,
      `${percent(one.clientCpu)}, ${ms(one.clientLoopP99)} | ${percent(one.serverCpu)}, ${ms(one.serverLoopP99)} |`,
    ].join(" | "),
  );
  const heads = [
    "handler",
    "peak",
    "offered",
    "goodput",
    "p99 unloaded",
    "p99",
    "in front",
    "2 × unloaded + 50 ms",
    "recovery",
  ];
  heads.push("slowest: before, in and after the server", "client: CPU, p99 of loop delay", "server");
  const table = `| ${heads.join(" | ")} |\n|${" --- |".repeat(heads.length)}\n${rows.join("\n")}\n`;
  return cost ? `${table}\n${costLine(cost)}\n` : table;
}

function lineOf({ failure, rate, calls, share, failed }) {
  return `${failure}, ${rate} calls/s: ${calls} calls to the replica (${(share * 100).toFixed(2)} %), ${failed} failed\n`;
}

function costLine({ callUs, rejectionUs }) {
  return `CPU time of the server: ${callUs.toFixed(1)} µs for an empty call, ${rejectionUs.toFixed(1)} µs for a rejection (${percent(rejectionUs / callUs)})`;
}

function ms(time) {
  return `${time.toFixed(1)} ms`;
}

function percent(share) {
  return `${Math.round(share * 100)} %`;
}
