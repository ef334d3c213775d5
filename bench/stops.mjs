// Counts the hand-written files and named functions that one PlaceOrder call and one event execute, by V8's coverage.
// `node bench/stops.mjs [repository] [--list]`; default: this one. It runs `npm start` there, which takes its data folder.
//
// The call: gateway and orders, from the browser's request to its response. The event: payments, from OrderPlaced to the
// published PaymentAuthorized, until the order is confirmed. What happens in the background is left out: a function counts if
// it was executed in nearly every repetition.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { argv, env, execPath, stdout } from "node:process";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { placeOf } from "./stops/sources.mjs";

const repetitions = 20;
/** In how many of them a function must have been executed. */
const enough = 18;
const root = resolve(argv.slice(2).find((argument) => !argument.startsWith("--")) ?? join(import.meta.dirname, ".."));
const folder = mkdtempSync(join(tmpdir(), "mesh-stops-"));
const gateway = `http://127.0.0.1:${await freePort()}`;
const mesh = startMesh();
try {
  report(await measure());
} finally {
  if (mesh.exitCode === null && mesh.kill("SIGINT")) await once(mesh, "exit");
  rmSync(folder, { recursive: true, force: true });
}

function startMesh() {
  const probe = pathToFileURL(join(import.meta.dirname, "stops/probe.mjs"));
  const { port } = new URL(gateway);
  const own = {
    STOPS_FOLDER: folder,
    NODE_OPTIONS: `--import=${probe}`,
    GATEWAY_PORT: port,
    LOG_LEVEL: "info",
    CI: "1",
  };
  // The script itself, because npm does not pass signals on.
  const [, ...args] = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts.start.split(" ");
  return spawn(execPath, args, {
    cwd: root,
    env: { ...env, ...own },
    stdio: ["ignore", "ignore", "inherit"],
  });
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

async function measure() {
  const shopper = await openShopper();
  const runs = [];
  // The first orders warm up.
  for (let run = -10; run < repetitions; run++) {
    await Promise.all(["gateway", "orders", "payments"].map(take));
    const order = await shopper.placeOrder();
    const [edge, orders] = await Promise.all([take("gateway"), take("orders")]);
    await shopper.confirmed(order.id);
    const payments = await take("payments");
    if (run >= 0) runs.push({ gateway: edge, orders, payments });
  }
  return runs;
}

/** A customer of the gateway, once the mesh is ready and sells something. */
async function openShopper() {
  let cookie = "";
  const call = async (procedure, input, method) => {
    const json = JSON.stringify(input);
    const query = method === "GET" ? `?input=${encodeURIComponent(json)}` : "";
    const headers = { cookie, "content-type": "application/json" };
    const response = await fetch(`${gateway}/trpc/${procedure}${query}`, {
      method,
      headers,
      body: query ? null : json,
    });
    cookie = response.headers.getSetCookie()[0]?.split(";", 1)[0] ?? cookie;
    const { result, error } = await response.json();
    if (error) throw new Error(error.message);
    return result.data;
  };
  const { products } = await until(async () => {
    const page = await call("catalog.listProducts", {}, "GET");
    const isProbed = ["gateway", "orders", "payments"].every((app) => existsSync(join(folder, `${app}.sock`)));
    return isProbed && page.products.length > 0 ? page : undefined;
  });
  const customer = { email: "ada@example.com", name: "Ada Lovelace", address: "12 St James's Square, London" };
  return {
    placeOrder: () =>
      until(async () => {
        const { id: productId } = products[Math.floor(Math.random() * products.length)];
        const items = [{ productId, quantity: 1 }];
        const input = { idempotencyKey: randomUUID(), items, paymentToken: "tok_ok", ...customer };
        return (await call("orders.placeOrder", input, "POST")).order;
      }),
    /** Waits for ORDER_STATUS_CONFIRMED. */
    confirmed: (id) =>
      until(async () => (await call("orders.getOrder", { id }, "GET")).order.status === 2 || undefined),
  };
}

/** Tries again until there is a result, for at most five minutes. */
async function until(attempt) {
  const end = Date.now() + 300_000;
  for (;;) {
    let failure = new Error("the mesh does not respond as expected");
    const found = await attempt().catch((error) => {
      failure = error;
    });
    if (found !== undefined) return found;
    if (mesh.exitCode !== null || Date.now() > end) throw failure;
    await sleep(50);
  }
}

/** Returns what a process executed since the last time: files, and functions with their names. */
async function take(app) {
  const sent = request({ socketPath: join(folder, `${app}.sock`), agent: false }).end();
  const [response] = await once(sent, "response");
  const files = new Set();
  const functions = new Set();
  for (const { url, functions: all } of JSON.parse(await text(response))) {
    for (const { functionName, ranges } of all) {
      if (ranges[0].count === 0) continue;
      const place = placeOf(root, url, functionName, ranges[0].startOffset);
      if (place) files.add(place.file);
      if (place?.function) functions.add(place.function);
    }
  }
  return { files, functions };
}

function report(runs) {
  const often = (app, kind) => {
    const counts = new Map();
    for (const run of runs) for (const item of run[app][kind]) counts.set(item, (counts.get(item) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= enough).map(([item]) => item);
  };
  stdout.write("                            files  named functions\n");
  const rows = { "call: gateway and orders": ["gateway", "orders"], "  gateway": ["gateway"], "  orders": ["orders"] };
  for (const [title, apps] of Object.entries({ ...rows, "event: payments": ["payments"] })) {
    const [files, functions] = ["files", "functions"].map((kind) => new Set(apps.flatMap((app) => often(app, kind))));
    stdout.write(`${title.padEnd(26)}${String(files.size).padStart(7)}${String(functions.size).padStart(17)}\n`);
    if (argv.includes("--list")) stdout.write(`${[...files, ...functions].sort().join("\n")}\n`);
  }
}
