// `npm run build`: builds every app for production, and prints how to run the results.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { argv, execPath, exit, stderr, stdout } from "node:process";
import { load } from "@mesh/codegen/load";
import { folder, root } from "./root.mjs";

const help = `npm run build    builds each service, the gateway and the page for production

It also builds the processes that apps share by processes.json, each into dist/<name>: docs/one-process.md
Each result is a folder dist, which runs without the rest of the repository. Turborepo skips what has not changed since its
last build. Its options can follow after --, such as: npm run build -- --filter=orders
`;

const args = argv.slice(2);
if (args.includes("--help") || args.includes("-h")) {
  stdout.write(help);
  exit(0);
}
const turbo = [join(root, "scripts/turbo.mjs"), "run", "build", "--concurrency=100%", "--output-logs=errors-only"];
const { status } = spawnSync(execPath, [...turbo, ...args], { stdio: "inherit" });
if (status !== 0) exit(status ?? 1);

const { buildSummaryOf } = await load("mesh/build-summary", folder);
const { buildRecorded } = await load("mesh/mono", folder);
try {
  stdout.write(await buildSummaryOf(root, args.length === 0 ? await buildRecorded(root) : undefined));
} catch (error) {
  stderr.write(`${error.message}\n`);
  exit(1);
}
