// `npm run preview`: runs what `npm run build` has built, in production mode, until it is stopped.
import { argv, exit, stderr, stdout } from "node:process";
import { load } from "@mesh/codegen/load";
import { createProgress } from "../src/log/progress.mjs";
import { folder, root } from "./root.mjs";

const help = `npm run preview    runs what \`npm run build\` has built, with NODE_ENV=production

NATS, PostgreSQL, the data and the certificates are those of npm start, so only one of the two can run. Saves have no effect.
The gateway serves the page. Ctrl-C stops it as an orchestrator would: within 25 s, of which 5 s are the notice to load
balancers. A second Ctrl-C ends it immediately.

Settings are those of npm start, and those of production: see docs/deploying.md
`;

const startedAt = Date.now();
const [argument] = argv.slice(2);
if (argument === "--help" || argument === "-h") {
  stdout.write(help);
  exit(0);
}
if (argument !== undefined) end(2, `npm run preview has no argument "${argument}": see npm run preview -- --help`);
const { preview } = await load("mesh/preview", folder);
await preview({ root, progress: createProgress(), startedAt }).catch((error) => end(1, error.message));

function end(code, text) {
  stderr.write(`${text}\n`);
  exit(code);
}
