// Measures what fails while all replicas of all services are restarted under load. See `--help`.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { execPath, pid, stderr, stdout } from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { load } from "@mesh/codegen/load";
import { buildProgram, text } from "./mesh/build.mjs";
import { PeerProcess } from "./mesh/processes.mjs";
import { readOptions } from "./rolling/options.mjs";
import { documentOf, failedOf, tablesOf } from "./rolling/report.mjs";
import { usageNow } from "./rolling/usage.mjs";

const root = join(import.meta.dirname, "..");
const folder = join(root, `node_modules/.cache/mesh-bench/rolling-${pid}`);

/** The longest wait for calls, streams and imports that are open at the end of a phase. */
const endMs = 300_000;

const options = readOptions();
const loadBefore = loadavg()[0];
const closers = [() => rmSync(folder, { recursive: true, force: true })];
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => void close().then(() => process.exit(1)));
try {
  const results = await measure();
  stdout.write(options.json ? `${JSON.stringify(results)}\n` : tablesOf(results));
  if (options.write) writeFileSync(join(root, "bench/rolling.md"), documentOf(results, loadBefore));
  if (failedOf(results) > 0) process.exitCode = 1;
} catch (error) {
  stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
} finally {
  await close();
}

async function close() {
  for (const closer of closers.splice(0).reverse()) await closer();
}

async function measure() {
  const mesh = await startMesh();
  const driver = await startDriver(mesh);
  const warmUp = { rate: Math.max(...options.rates) / 2, phase: "warm-up" };
  await measurePhase(driver, warmUp, () => pause(options.warmUp * 1_000));
  const phases = [];
  for (const rate of options.rates) {
    phases.push(await measurePhase(driver, { rate, phase: "steady" }, () => pause(options.seconds * 1_000)));
    if (options.restart)
      phases.push(await measurePhase(driver, { rate, phase: "restart" }, (note) => restartAll(mesh, note)));
  }
  return { phases, orders: await driver.ask("checkOrders", undefined, endMs) };
}

/** Starts the mesh. Its databases and NATS are on this machine, without TLS, and there is one NATS, so streams have one replica. */
async function startMesh() {
  const testing = join(root, "tools/testing");
  if (options.build) await (await load("build", testing)).buildApps();
  const { openMesh } = await load("mesh", testing);
  const replicas = Object.fromEntries(
    ["catalog", "inventory", "orders", "payments"].map((name) => [name, options.replicas]),
  );
  const production = {
    ...{ NODE_ENV: "production", SHUTDOWN_MS: "15000", MESH_OPERATORS: "developer", STREAM_REPLICAS: "1" },
    ...{ NATS_TLS: "off", DATABASE_TLS: "off", MESH_ISSUERS: "gateway" },
  };
  const env = { LOG_LEVEL: "warn", ...(options.development ? { SHUTDOWN_MS: "1000" } : production) };
  const mesh = await openMesh({ replicas, registry: true, env });
  closers.push(async () => {
    await mesh.close();
    if (options.logs) writeLogs(mesh);
  });
  return mesh;
}

function writeLogs({ apps }) {
  mkdirSync(options.logs, { recursive: true });
  for (const [name, app] of Object.entries(apps)) writeFileSync(join(options.logs, `${name}.log`), app.output());
}

async function startDriver({ nats, gatewayUrl, developerDir }) {
  const source = `import ${text(join(root, "bench/rolling/driver.mjs"))};\n`;
  const program = await buildProgram(root, folder, source);
  const driver = new PeerProcess("driver", program, {
    node: execPath,
    options: { natsUrl: nats.url, gatewayUrl, developerDir },
  });
  closers.push(() => driver.end());
  await driver.next();
  await driver.ask("connect");
  return driver;
}

/** Makes calls during some work. */
async function measurePhase(driver, { rate, phase }, work) {
  stderr.write(`${rate} calls/s, ${phase}\n`);
  const [before, beganAt] = [usageNow(), performance.now()];
  const restarts = [];
  await driver.ask("begin", { rate, orders: options.orders, streams: options.streams, imports: options.imports });
  await work((restart) => restarts.push(restart));
  const [after, ms] = [usageNow(), performance.now() - beganAt];
  const result = await driver.ask("end", undefined, endMs);
  const cpu = Object.fromEntries(Object.keys(after).map((name) => [name, (after[name] - (before[name] ?? 0)) / ms]));
  return { rate, phase, restarts, cpu, ...result };
}

async function restartAll({ apps }, note) {
  const names = Object.keys(apps).filter((name) => options.services.includes(name.replace(/-\d+$/, "")));
  for (const name of names) {
    const startedAt = performance.now();
    await apps[name].kill("SIGTERM");
    const goneAt = performance.now();
    await apps[name].start();
    const now = performance.now();
    note({ name, ms: now - startedAt, endMs: goneAt - startedAt });
  }
}
