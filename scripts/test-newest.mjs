// `npm run test:newest`: runs the end-to-end tests, and those of TLS, with the newest Node release, from npm's `node` package.
// The last line is that of `npm test`: `N passed, N failed`.
import "./supported-node.mjs";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { exit, platform, stdout } from "node:process";

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
  spawnSync(node, [join(root, "scripts/test.mjs"), "e2e/", "shared/rpc/src/credentials"], {
    cwd: root,
    stdio: "inherit",
  }).status ?? 1,
);
