// Runs turbo like npx, but without telemetry and its notice.
import "./supported-node.mjs";
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { argv, env, execPath, exit } from "node:process";

const turbo = createRequire(import.meta.url).resolve("turbo/bin/turbo");
const quiet = { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };
const { status } = spawnSync(execPath, [turbo, ...argv.slice(2)], { stdio: "inherit", env: { ...env, ...quiet } });
exit(status ?? 1);
