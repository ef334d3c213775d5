#!/usr/bin/env node
// `turbo dev` runs this beside the apps: it prepares the clone, starts NATS and PostgreSQL, and runs the apps that other
// processes request.
import { exit, stderr } from "node:process";
import { load } from "@mesh/codegen/load";
import { prepare } from "../src/build/prepare.mjs";
import { createProgress } from "../src/log/progress.mjs";
import { folder, root } from "./root.mjs";

const startedAt = Date.now();
const progress = createProgress();

try {
  await prepare(root, progress);
  const { turboDev } = await load("mesh/turbo-dev", folder);
  await turboDev({ root, progress, startedAt });
} catch (error) {
  stderr.write(`${error.message}\n`);
  exit(1);
}
