// Measures the subscribers of a feed at one gateway: `node bench/subscribers.mjs [--subscribers 2000] [--users 200] [--rate 20000]
// [--seconds 20] [--json]`. Each event is for one user, of whom each has some subscribers; `rate` is the deliveries a second. NATS, the
// gateway, and the clients with the publisher are processes of their own.
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, execPath, pid, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { load } from "@mesh/codegen/load";
import { buildProgram, text } from "./mesh/build.mjs";
import { PeerProcess } from "./mesh/processes.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, `node_modules/.cache/mesh-bench/subscribers-${pid}`);
const { subscribers, users, rate, seconds, json } = readOptions();

mkdirSync(folder, { recursive: true });
const { startNats } = await load("servers/nats", join(root, "tools/dev"));
const nats = await startNats({ dir: join(folder, "nats") });
const running = [];
try {
  const result = await measure();
  stdout.write(json ? `${JSON.stringify(result)}\n` : tableOf(result));
} finally {
  for (const one of running) await one.end();
  await nats.stop();
  rmSync(folder, { recursive: true, force: true });
}

function readOptions() {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      subscribers: { type: "string", default: "2000" },
      users: { type: "string", default: "200" },
      rate: { type: "string", default: "20000" },
      seconds: { type: "string", default: "20" },
      json: { type: "boolean", default: false },
    },
  });
  const { json, ...numbers } = values;
  return { json, ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)])) };
}

async function start(role, options) {
  const source = `import ${text(join(root, `bench/subscribers/${role}.mjs`))};\n`;
  const program = await buildProgram(root, join(folder, role), source);
  const started = new PeerProcess(role, program, { node: execPath, options });
  running.push(started);
  return started;
}

async function measure() {
  const natsUrl = nats.url;
  const gateway = await start("gateway", { natsUrl });
  const port = await gateway.ask("port");
  const client = await start("client", { port, natsUrl, subscribers, users });
  await client.ask("open", undefined, 60_000);
  const idle = await gateway.ask("usage");
  const perSecond = (rate * users) / subscribers;
  await client.ask("run", { perSecond, seconds: 3 }, 60_000);
  const before = await gateway.ask("usage");
  const deliveries = await client.ask("run", { perSecond, seconds }, (seconds + 60) * 1_000);
  const after = await gateway.ask("usage");
  const cpuS = (after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system) / 1e6;
  const megabytes = (bytes) => Math.round(bytes / 1024 / 1024);
  return { ...deliveries, cores: cpuS / seconds, idleMb: megabytes(idle.rss), peakMb: megabytes(after.rss) };
}

function tableOf({ delivered, expected, ended, wrong, p50, p99, max, cores, idleMb, peakMb }) {
  const ms = (value) => `${value.toFixed(1)} ms`;
  const rows = [
    ["deliveries", `${delivered} of ${expected}, ${Math.round(expected / seconds)} a second`],
    ["subscriptions that ended, events of others", `${ended}, ${wrong}`],
    ["latency p50, p99, max", [p50, p99, max].map(ms).join(", ")],
    ["gateway: cores, RSS idle, RSS peak", `${cores.toFixed(2)}, ${idleMb} MB, ${peakMb} MB`],
  ];
  const title = `${subscribers} subscribers of ${users} users`;
  return `| ${title} | |\n| --- | --- |\n${rows.map((row) => `| ${row.join(" | ")} |\n`).join("")}`;
}
