#!/usr/bin/env node
// Runs the app in the current folder: requests it from the process that runs the mesh, and prints its output. The app
// ends with this process, but this process does not end if the app crashes.
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { basename, dirname, join } from "node:path";
import { cwd, exit, stderr, stdout } from "node:process";
import { setTimeout as delay } from "node:timers/promises";

const app = basename(cwd());

/** The longest start of a mesh, including the first code generation. */
const limitMs = 120_000;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => exit(0));

const socket = await connected();
socket.write(`${JSON.stringify({ run: app, token: control().token, pretty: stdout.isTTY === true })}\n`);
socket.pipe(stdout);
socket.once("close", () => exit(0));

/** Connects to the process that runs the mesh. It starts at the same time, so this waits for it. */
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
  stderr.write("the mesh is not running: start it with `npx turbo dev` or `npm start`\n");
  exit(1);
}

function attempt(port) {
  return new Promise((resolve) => {
    if (!port) return resolve(undefined);
    const candidate = connect({ port, host: "127.0.0.1" }, () => resolve(candidate));
    candidate.once("error", () => resolve(undefined));
  });
}

/** Reads the file that each start writes, in a parent folder. A file of an earlier start may contain a closed port. */
function control(folder = dirname(cwd())) {
  try {
    return JSON.parse(readFileSync(join(folder, ".mesh/run.json"), "utf8"));
  } catch {
    return dirname(folder) === folder ? undefined : control(dirname(folder));
  }
}
