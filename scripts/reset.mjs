// `npm run reset`: removes the data of this clone's mesh, after asking; --yes answers.
import { existsSync, realpathSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, exit, stdin, stdout } from "node:process";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, ".mesh");

if (!existsSync(folder)) end(0, "there is no data to remove");
const pid = await runningProcess();
if (pid) end(1, `the mesh runs, in process ${pid}: stop it first`);
if (!(await isAgreed())) end(1, "nothing was removed");
// Where PostgreSQL runs as another user that can't reach this folder, its data lies elsewhere.
const elsewhere = join(folder, "postgres/elsewhere");
if (existsSync(elsewhere)) rmSync(realpathSync(elsewhere), { recursive: true, force: true });
rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
end(0, `${folder} is removed`);

/** The process that runs this clone's mesh; without packages there is none. */
async function runningProcess() {
  if (!existsSync(join(root, "node_modules/esbuild"))) return undefined;
  const { load } = await import("../tools/dev/bin/load.js");
  const claim = await load("claim");
  return claim.runningProcess(root);
}

async function isAgreed() {
  if (argv.includes("--yes")) return true;
  if (!stdin.isTTY) end(1, "say --yes: there is nobody to ask");
  const terminal = createInterface({ input: stdin, output: stdout });
  const answer = await terminal.question(`Remove ${folder}, with the databases and streams of this clone? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function end(code, text) {
  stdout.write(`${text}\n`);
  exit(code);
}
