import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { colored } from "../log/color.ts";
import { type App, findApps } from "./app.ts";

/** The exit code of a program whose settings are wrong. */
const wrongSettings = 2;

/** The longest that a program may take to read its settings, in milliseconds. */
const timeoutMs = 60_000;

const note = "run: NODE_ENV=production node main.js, in each folder, which needs no other: docs/deploying.md";

/**
 * Returns a table of the builds of a clone: the folders, and the settings that each needs in production. To learn these, runs
 * each program without any.
 *
 * @throws Error with the output of a program that ends otherwise, such as if a package is missing
 */
export async function buildSummaryOf(root: string, all?: readonly App[]): Promise<string> {
  const apps = (all ?? (await findApps(root))).filter(({ dist }) => existsSync(dist));
  const rows = await Promise.all(apps.map(async (app) => [relative(root, app.dist), await needsOf(app)]));
  const width = Math.max(0, ...rows.map(([folder = ""]) => folder.length)) + 2;
  const lines = rows.map(([folder = "", needs]) => `  ${folder.padEnd(width)}${needs}`);
  return [
    "",
    colored("bold", "Built for production, with the settings that each needs"),
    "",
    ...lines,
    "",
    `  ${note}`,
    "",
  ].join("\n");
}

async function needsOf({ kind, dist }: App): Promise<string> {
  if (kind === "web") return "none: the gateway serves it if WEB_DIR names it, and so can every web server";
  const { code, output } = await run(dist);
  if (code !== wrongSettings) throw new Error(`${dist} does not run (exit code ${code}):\n${output}`);
  return [...output.matchAll(/^ {2}(\w+) is not set/gm)].map(([, name]) => name).join(" ");
}

function run(folder: string): Promise<{ code: unknown; output: string }> {
  // The compiled code would be that of this version of Node.
  const env = { PATH: process.env.PATH, NODE_ENV: "production", NODE_DISABLE_COMPILE_CACHE: "1" };
  return new Promise((resolve) => {
    execFile(process.execPath, ["main.js"], { cwd: folder, env, timeout: timeoutMs }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal) : 0, output: stdout + stderr });
    });
  });
}
