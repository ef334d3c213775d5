// `npm start`: prepares the clone, then runs the whole mesh until it is stopped. Begins without any installed package.
import { argv, exit, stderr, stdout } from "node:process";
import { prepare } from "../src/build/prepare.mjs";
import { createProgress } from "../src/log/progress.mjs";
import { folder, root } from "./root.mjs";

const help = `npm start     runs the whole mesh: NATS, PostgreSQL, every service, the gateway and the web page

It installs packages and generates code first, if necessary. A save rebuilds and restarts what it affects. Ctrl-C stops it.

Settings, as environment variables or in the file .env; docs/settings.md has all:
  GATEWAY_PORT, WEB_PORT           the first ports to try; default: 4000 and 5173
  MESH_REPLICAS=orders=3           several processes of these services, or of the gateway
  LOG_LEVEL=debug                  more of the log; default: info
  MESH_INSPECT=orders              debugs these services, the first on port 9229
  CORS_ORIGINS                     origins of other pages that may call the gateway
  CONSOLE_PORT                     the first port to try for the console; default: 4020
  OIDC_ISSUER                      an issuer of users to sign in with, instead of the embedded one
  NATS_URL, MESH_POSTGRES_URL      servers to use instead of the embedded ones

Other commands:
  npx turbo dev --filter=orders    runs NATS, PostgreSQL and the named apps
  npm run reset                    removes the data in .mesh
`;

const startedAt = Date.now();
const progress = createProgress();
const [argument] = argv.slice(2);

if (argument === "--help" || argument === "-h") end(0, help);
if (argument !== undefined) end(2, `npm start has no argument "${argument}": see npm start -- --help\n`);

try {
  await prepare(root, progress);
  // Imported late, because it needs the installed packages.
  const { load } = await import("@mesh/codegen/load");
  const { npmStart } = await load("mesh/npm-start", folder);
  await npmStart({ root, progress, startedAt });
} catch (error) {
  end(1, `${error.message}\n`);
}

function end(code, text) {
  (code === 0 ? stdout : stderr).write(text);
  exit(code);
}
