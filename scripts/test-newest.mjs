// `npm run test:newest`: runs tests of the whole mesh, in a browser too, and those of TLS, with the newest Node release, from npm's
// `node` package. Vitest gets the arguments: `npm run test:newest -- e2e` runs all end-to-end tests.
// The last line is that of `npm test`: `N passed, N failed`.
import "./supported-node.mjs";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { argv, exit, platform, stdout } from "node:process";

/** What a change of Node may break: HTTP, TLS, streams, timers, the bundles of the apps, and signals. */
const short = [
  ...["cache", "client", "identity", "middleware", "orders", "replicas", "resume", "settings", "shop", "sign-in"].map(
    (name) => `e2e/src/${name}.test.ts`,
  ),
  "shared/rpc/src/credentials",
];

const root = join(import.meta.dirname, "..");
const folder = join(root, "node_modules/.cache/newest-node");
mkdirSync(folder, { recursive: true });
stdout.write("installing the newest Node release\n");
const flags = ["--prefix", folder, "--no-save", "--no-audit", "--no-fund", "--loglevel=error"];
const isWindows = platform === "win32";
const { status } = spawnSync("npm", ["install", ...flags, "node@latest"], { stdio: "inherit", shell: isWindows });
if (status !== 0) exit(1);

const node = join(folder, "node_modules/node/bin", isWindows ? "node.exe" : "node");
stdout.write(`running with Node ${spawnSync(node, ["--version"], { encoding: "utf8" }).stdout}`);
exit(
  spawnSync(node, [join(root, "scripts/test.mjs"), ...(argv.length > 2 ? argv.slice(2) : short)], {
    cwd: root,
    stdio: "inherit",
  }).status ?? 1,
);
