// `npm start`: makes the clone ready, then runs the whole mesh until it is stopped.
import { dirname } from "node:path";
import { exit, stderr } from "node:process";
import { fileURLToPath } from "node:url";
import { prepare } from "./prepare.mjs";
import { createProgress } from "./progress.mjs";

const startedAt = Date.now();
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const progress = createProgress();

try {
  await prepare(root, progress);
  // Only now: it needs the packages.
  const { load } = await import("../tools/dev/bin/load.js");
  const { runMesh } = await load("run-mesh");
  await runMesh({ root, progress, startedAt });
} catch (error) {
  stderr.write(`${error.message}\n`);
  exit(1);
}
