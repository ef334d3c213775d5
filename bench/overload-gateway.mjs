// Measures the gateway at five times the load that it can bear: `node bench/overload-gateway.mjs [--seconds 10] [--rounds 3]
// [--connections 2000] [--ms 0]`. Gateway, service and load are processes of their own. The service computes for `--ms`; with 0
// it does nothing, and the gateway itself is what has too much to do.
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, execPath, pid, stderr, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildProgram, text } from "./mesh/build.mjs";
import { median } from "./mesh/median.mjs";
import { PeerProcess } from "./mesh/processes.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, `node_modules/.cache/mesh-bench/overload-gateway-${pid}`);

/** How much more than it can bear the gateway gets. */
const factor = 5;

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    seconds: { type: "string", default: "10" },
    rounds: { type: "string", default: "3" },
    connections: { type: "string", default: "2000" },
    ms: { type: "string", default: "0" },
  },
});
const [seconds, rounds, connections, ms] = [values.seconds, values.rounds, values.connections, values.ms].map(Number);

mkdirSync(folder, { recursive: true });
try {
  const programs = {};
  for (const role of ["server", "gateway", "http-load"]) {
    const source = `import ${text(join(root, `bench/overload/${role}.mjs`))};\n`;
    programs[role] = await buildProgram(root, join(folder, role), source);
  }
  const all = [];
  for (let round = 1; round <= rounds; round++) {
    all.push(await measure(programs));
    stderr.write(`round ${round}: ${JSON.stringify(all.at(-1))}\n`);
  }
  const result = Object.fromEntries(Object.keys(all[0]).map((name) => [name, median(all.map((one) => one[name]))]));
  stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(programs) {
  const start = (name, options = {}) => new PeerProcess(name, programs[name], { node: execPath, options });
  const server = start("server", ms > 0 ? { handler: "compute", ms } : { handler: "none" });
  const [gateway, load] = [start("gateway"), start("http-load")];
  try {
    const [address] = await Promise.all([server.next(), gateway.next(), load.next()]);
    await load.ask("connect", await gateway.ask("start", address));
    const closed = (inFlight) => load.ask("closed", { inFlight, seconds: 3 }, 3_000);
    await closed(32);
    const peak = Math.max((await closed(64)).rate, (await closed(256)).rate);
    const over = await load.ask("open", { rate: peak * factor, connections, seconds }, seconds * 1_000);
    const { rss } = await gateway.ask("usage");
    const after = await load.ask("open", { rate: peak / 2, connections: 64, seconds: 3 }, 3_000);
    return {
      peak,
      offered: (over.made + over.unsent) / seconds / peak,
      goodput: over.rate / peak,
      rejected: over.rejected / over.made,
      failed: over.failed,
      p50: over.p50,
      p99: over.p99,
      rssMb: rss / 1024 ** 2,
      goodputAfter: after.rate / (peak / 2),
    };
  } finally {
    await Promise.all([server.end(), gateway.end(), load.end()]);
  }
}
