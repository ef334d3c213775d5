// Generates code from the contracts, unless it is up to date. Runs after `npm install` and after a contract was saved.
// Flags: --quiet prints no progress; --on-install does not fail, because an unfinished contract must not stop an install.
import { argv, exit, stderr } from "node:process";
import { generate } from "../src/build/generate.mjs";
import { createProgress } from "../src/log/progress.mjs";
import { root } from "./root.mjs";

const quiet = { step: (_title, work) => work() };

await generate(root, argv.includes("--quiet") ? quiet : createProgress()).catch((error) => {
  stderr.write(`${error.message}\n`);
  exit(argv.includes("--on-install") ? 0 : 1);
});
