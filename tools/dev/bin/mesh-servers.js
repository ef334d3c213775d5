#!/usr/bin/env node
// What `turbo dev` runs beside the apps: generates, starts NATS and PostgreSQL, and runs the apps that ask for it.
import { dirname } from "node:path";
import { exit, stderr } from "node:process";
import { fileURLToPath } from "node:url";
import { prepare } from "../../../scripts/prepare.mjs";
import { createProgress } from "../../../scripts/progress.mjs";
import { load } from "./load.js";

const startedAt = Date.now();
const root = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));
const progress = createProgress();

try {
  await prepare(root, progress);
  const { runInfra } = await load("run-infra");
  await runInfra({ root, progress, startedAt });
} catch (error) {
  stderr.write(`${error.message}\n`);
  exit(1);
}
