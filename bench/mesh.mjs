// `npm run bench`: compares our calls between processes with other libraries. See `npm run bench -- --help`.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { load } from "@mesh/codegen/load";
import { buildPeer } from "./mesh/build.mjs";
import { makeCertificates } from "./mesh/certificates.mjs";
import { chart } from "./mesh/chart.mjs";
import { installPeers } from "./mesh/install.mjs";
import { closePair, measureLoad, openPair, warmUp } from "./mesh/load-tables.mjs";
import { readOptions, tables } from "./mesh/options.mjs";
import { document, tablesOf } from "./mesh/report.mjs";
import { measureStart } from "./mesh/start-table.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, "node_modules/.cache/mesh-bench");
const args = process.argv.slice(2);
const options = readOptions(args);
const own = `run-${process.pid}`;
const closers = [];

for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void close().then(() => process.exit(1)));
try {
  await run();
} catch (error) {
  process.stderr.write(`\n${error.message}\n`);
  process.exitCode = 1;
} finally {
  await close();
}

/** Ends and removes what the run made. The processes of the peers end with this one. */
async function close() {
  for (const closer of closers.splice(0).reverse()) await closer();
}

/** Returns a folder of this run, which `close` removes. */
function ownFolder(parent) {
  const folder = join(parent, own);
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function run() {
  const atBegin = loadavg()[0];
  if (atBegin > availableParallelism()) process.stderr.write(`${busy(atBegin)}\n`);
  const node = options.peers.some(({ isInstalled }) => isInstalled)
    ? await installPeers(join(root, "bench/peers"), join(cache, "peers"))
    : process.execPath;
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  process.stderr.write(`measuring with Node ${version}\n`);
  const results = await measureTables(await preparePeers(node));
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else process.stdout.write(`\n${tablesOf(results)}`);
  if (!options.write) return;
  const command = ["npm run bench --", ...args].join(" ");
  writeFileSync(join(root, "bench/mesh.md"), document(results, { ...options, command, version, load: atBegin }));
  writeFileSync(join(root, "bench/mesh.svg"), chart(results));
}

function busy(load) {
  return `the machine is busy, at a load of ${load.toFixed(1)}: slower peers lose more by that, so the ratios differ, too`;
}

/** Builds the programs, and starts what the peers share. */
async function preparePeers(node) {
  const shared = {
    proto: [join(root, "proto"), join(root, "proto/.deps")],
    descriptors: pathToFileURL(join(root, "shared/contracts/gen/descriptors.js")).href,
    ...(options.peers.some(({ needsNats }) => needsNats) && { natsUrl: await startNats() }),
  };
  const certificates = options.peers.some(({ needsCertificates }) => needsCertificates) && (await makeCertificates());
  if (certificates) closers.push(() => rmSync(certificates, { recursive: true, force: true }));
  const folders = { installed: ownFolder(join(cache, "peers")), workspace: ownFolder(cache) };
  const prepared = [];
  for (const peer of options.peers) {
    const programs = await buildPeer(root, peer.isInstalled ? folders.installed : folders.workspace, peer);
    const ours = peer.isOurs && { sdk: options.sdk };
    const needed = { ...shared, ...ours, ...peer.options, ...(peer.needsCertificates && { certificates }) };
    prepared.push({ name: peer.name, node, programs, options: needed });
  }
  return prepared;
}

async function startNats() {
  const { startNats: start } = await load("servers/nats", join(root, "tools/dev"));
  const nats = await start({ dir: ownFolder(join(cache, "nats")) });
  closers.push(() => nats.stop());
  return nats.url;
}

async function measureTables(peers) {
  const results = {};
  const loads = options.only.filter((table) => tables.get(table).kind !== "start");
  const pairs = [];
  try {
    for (const peer of loads.length > 0 ? peers : []) {
      const pair = await openPair(peer);
      pairs.push(pair);
      progressOf("warm-up")(peer.name);
      await warmUp(pair, options);
    }
    for (const table of loads) {
      results[table] = await measureLoad(pairs, tables.get(table), { ...options, progress: progressOf(table) });
    }
  } finally {
    await Promise.all(pairs.map(closePair));
  }
  if (options.only.includes("start")) {
    results.start = await measureStart(peers, { ...options, progress: progressOf("start") });
  }
  return results;
}

/** On a terminal, one line that changes. */
function progressOf(table) {
  if (!process.stderr.isTTY) return () => undefined;
  return (what) => process.stderr.write(`\r\x1b[K${table}: ${what}`);
}
