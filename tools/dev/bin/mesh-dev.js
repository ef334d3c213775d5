#!/usr/bin/env node
// Run in the folder of an app: has it run by the process that runs the mesh, for as long as this one lives, and shows
// what it says. One process supervises all apps; this is only its window, and outlives a crash of its app.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, dirname, join } from "node:path";
import { cwd, exit, stderr, stdout } from "node:process";
import { setTimeout as delay } from "node:timers/promises";

const app = basename(cwd());

/** How long the mesh may take to start, its first generation included. */
const limitMs = 120_000;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => exit(0));

const socket = await connected();
socket.write(`${JSON.stringify({ run: app, token: control().token, pretty: stdout.isTTY === true })}\n`);
socket.pipe(stdout);
socket.once("close", () => exit(0));

/** Waits for the process that runs the mesh: it is started at the same time. */
async function connected() {
  const giveUpAt = Date.now() + limitMs;
  const hint = setTimeout(() => stdout.write("waiting for the mesh: `npx turbo dev` starts it\n"), 5_000);
  while (Date.now() < giveUpAt) {
    const found = await attempt(control()?.port);
    if (found) {
      clearTimeout(hint);
      return found;
    }
    await delay(50);
  }
  stderr.write("the mesh does not run: start it with `npx turbo dev`, or `npm start`\n");
  exit(1);
}

function attempt(port) {
  return new Promise((resolve) => {
    if (!port) return resolve(undefined);
    const candidate = connect({ port, host: "127.0.0.1" }, () => resolve(candidate));
    candidate.once("error", () => resolve(undefined));
  });
}

/** Written at each start, in a folder above; from an earlier one it may name a port where nobody listens. */
function control(folder = dirname(cwd())) {
  try {
    return JSON.parse(readFileSync(join(folder, ".mesh/run.json"), "utf8"));
  } catch {
    return dirname(folder) === folder ? undefined : control(dirname(folder));
  }
}
