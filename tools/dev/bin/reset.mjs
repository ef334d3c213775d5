// `npm run reset`: removes the data of this clone's mesh, or of one service, after a question, which --yes answers.
import { existsSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { argv, exit, stdin, stdout } from "node:process";
import { createInterface } from "node:readline/promises";
import { folder as own, root } from "./root.mjs";

const help = `npm run reset               removes the data of all services, and of NATS
npm run reset -- <service>  removes the database and the files of one service, or of the gateway, also while the mesh runs

  --yes  does not ask
`;

const folder = join(root, ".mesh");
const args = argv.slice(2);
const [service, ...rest] = args.filter((argument) => argument !== "--yes");

if (service === "--help" || service === "-h") end(0, help.trimEnd());
if (service?.startsWith("-") || rest.length > 0) end(2, `unknown argument "${[service, ...rest].at(-1)}"\n\n${help}`);
if (service) await resetService();
if (!existsSync(folder)) end(0, "there is no data to remove");
const pid = await runningProcess();
if (pid) end(1, `the mesh is running in process ${pid}: stop it first`);
if (!(await isConfirmed(`${folder}, with the databases and streams of this clone`))) end(1, "nothing was removed");
// The data of a PostgreSQL that runs as another user is outside this folder if that user cannot reach it.
const elsewhere = join(folder, "postgres/elsewhere");
if (existsSync(elsewhere)) rmSync(realpathSync(elsewhere), { recursive: true, force: true });
rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
end(0, `removed ${folder}`);

async function resetService() {
  const { load } = await import("@mesh/codegen/load");
  const reset = await load("mesh/reset-service", own);
  await reset.resetService(root, service, isConfirmed).then(
    (text) => end(0, text),
    (error) => end(1, error.message),
  );
}

/** Returns the process that runs this clone's mesh; no process can run without the installed packages. */
async function runningProcess() {
  if (!existsSync(join(root, "node_modules/esbuild"))) return undefined;
  const { load } = await import("@mesh/codegen/load");
  const claim = await load("mesh/claim", own);
  return claim.runningProcess(root);
}

async function isConfirmed(what) {
  if (args.includes("--yes")) return true;
  if (!stdin.isTTY) end(1, "add --yes: without a terminal, there is no way to ask");
  const terminal = createInterface({ input: stdin, output: stdout });
  const answer = await terminal.question(`Remove ${what}? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

function end(code, text) {
  stdout.write(`${text}\n`);
  exit(code);
}
