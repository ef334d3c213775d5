// `npm run bench`: compares our calls between processes with other libraries. See `npm run bench -- --help`.
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { load } from "@mesh/codegen/load";
import { buildGateway, buildPeer } from "./mesh/build.mjs";
import { makeCertificates } from "./mesh/certificates.mjs";
import { chart } from "./mesh/chart.mjs";
import { openEvents } from "./mesh/event-pairs.mjs";
import { eventKinds, memoryKinds } from "./mesh/event-peers.mjs";
import { installPeers } from "./mesh/install.mjs";
import { closePair, measureLoad, openChain, openPair, warmUp, warmUpOrders } from "./mesh/load-tables.mjs";
import { measureMemory } from "./mesh/memory-tables.mjs";
import { readOptions, tables } from "./mesh/options.mjs";
import { openOrders } from "./mesh/order-pairs.mjs";
import { peers as allPeers } from "./mesh/peers.mjs";
import { document, groupsOf, tablesOf } from "./mesh/report.mjs";
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
  const node = [...options.peers, ...options.gateways].some(({ isInstalled }) => isInstalled)
    ? await installPeers(join(root, "bench/peers"), join(cache, "peers"))
    : process.execPath;
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  process.stderr.write(`measuring with Node ${version}\n`);
  const shared = await prepareShared(node);
  const results = await measureTables(await preparePeers(shared), await prepareGateways(shared));
  if (options.json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else process.stdout.write(`\n${tablesOf(results)}`);
  if (!options.write) return;
  const command = ["npm run bench --", ...args].join(" ");
  for (const group of groupsOf(results)) {
    const about = { ...options, command, version, load: atBegin };
    writeFileSync(join(root, `bench/${group.file}.md`), document(group, about));
    writeFileSync(join(root, `bench/${group.file}.svg`), chart(group));
  }
}

function busy(load) {
  return `the machine is busy, at a load of ${load.toFixed(1)}: slower peers lose more by that, so the ratios differ, too`;
}

/** Makes what the peers share. */
async function prepareShared(node) {
  const needsCertificates = [...options.peers, ...options.gateways].some((peer) => peer.needsCertificates);
  const certificates = needsCertificates && (await makeCertificates());
  if (certificates) closers.push(() => rmSync(certificates, { recursive: true, force: true }));
  const folders = { installed: ownFolder(join(cache, "peers")), workspace: ownFolder(cache) };
  const given = {
    proto: [join(root, "proto"), join(root, "proto/.deps")],
    descriptors: pathToFileURL(join(root, "shared/contracts/gen/descriptors.js")).href,
    ...(options.peers.some(({ needsNats }) => needsNats) && { natsUrl: await startNats() }),
  };
  return {
    node,
    folderOf: ({ isInstalled }) => (isInstalled ? folders.installed : folders.workspace),
    optionsOf: (peer) => {
      const ours = peer.isOurs && { isObserved: options.sdk === "on" };
      return { ...given, ...ours, ...peer.options, ...(peer.needsCertificates && { certificates }) };
    },
  };
}

/** Builds the programs of the peers. */
async function preparePeers({ node, folderOf, optionsOf }) {
  const prepared = [];
  for (const peer of options.peers) {
    const programs = await buildPeer(root, folderOf(peer), peer);
    prepared.push({ name: peer.name, node, programs, options: optionsOf(peer) });
  }
  return prepared;
}

/** Builds the programs of the gateways, and of the services behind them. */
async function prepareGateways({ node, folderOf, optionsOf }) {
  const prepared = [];
  for (const gateway of options.gateways) {
    const service = allPeers.find(({ name }) => name === gateway.upstream);
    const { name, file = name } = service;
    const { server } = await buildPeer(root, folderOf(service), { ...service, file, name: `behind-${gateway.name}` });
    const programs = { service: server, ...(await buildGateway(root, folderOf(gateway), gateway)) };
    prepared.push({ name: gateway.name, node, programs, options: optionsOf(gateway), service: optionsOf(service) });
  }
  return prepared;
}

async function startNats() {
  const { startNats: start } = await load("servers/nats", join(root, "tools/dev"));
  const nats = await start({ dir: ownFolder(join(cache, "nats")) });
  closers.push(() => nats.stop());
  return nats.url;
}

async function measureTables(peers, gateways) {
  const results = {};
  const loads = options.only.filter(
    (table) => ![...eventKinds, ...memoryKinds, "start", "http", "orders"].includes(kindOf(table)),
  );
  await measureLoads(loads, loads.length > 0 ? peers : [], openPair, results);
  await measureLoads(
    options.only.filter((table) => kindOf(table) === "http"),
    gateways,
    openChain,
    results,
  );
  if (options.meshes.length > 0) {
    const folder = ownFolder(cache);
    const { buildApps } = await load("build", join(root, "tools/testing"));
    await buildApps();
    await measureLoads(["orders"], options.meshes, (mesh) => openOrders(root, folder, mesh), results, warmUpOrders);
  }
  if (options.eventPeers.length > 0) {
    const folder = ownFolder(cache);
    await measureLoads(
      options.only.filter((table) => eventKinds.includes(kindOf(table))),
      options.eventPeers,
      (peer) => openEvents(root, folder, peer),
      results,
      async () => {},
    );
  }
  if (options.memoryPeers.length > 0) await measureMemories(results);
  if (options.only.includes("start")) {
    results.start = await measureStart(
      peers.filter(({ hasNoStart }) => !hasNoStart),
      { ...options, progress: progressOf("start") },
    );
  }
  return results;
}

/** Measures the tables of memory, each in processes of its own. Adds their results. */
async function measureMemories(results) {
  const { memoryPeers, soakSeconds, count } = options;
  for (const table of options.only.filter((name) => memoryKinds.includes(kindOf(name)))) {
    const pairs = [];
    try {
      const folder = join(ownFolder(cache), table);
      for (const peer of memoryPeers) pairs.push(await openEvents(root, folder, peer));
      const limits = { seconds: soakSeconds, count, progress: progressOf(table) };
      results[table] = await measureMemory(pairs, tables.get(table), limits);
    } finally {
      await Promise.all(pairs.map(closePair));
    }
  }
}

function kindOf(table) {
  return tables.get(table).kind;
}

/** Measures tables of peers that run at the same time, and take turns. Adds their results. */
async function measureLoads(loads, peers, open, results, warm = warmUp) {
  const pairs = [];
  try {
    for (const peer of peers) {
      const pair = await open(peer);
      pairs.push(pair);
      progressOf("warm-up")(peer.name);
      await warm(pair, options);
    }
    for (const table of loads) {
      results[table] = await measureLoad(pairs, tables.get(table), { ...options, progress: progressOf(table) });
    }
  } finally {
    await Promise.all(pairs.map(closePair));
  }
}

/** On a terminal, one line that changes. */
function progressOf(table) {
  if (!process.stderr.isTTY) return () => undefined;
  return (what) => process.stderr.write(`\r\x1b[K${table}: ${what}`);
}
