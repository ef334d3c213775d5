// Finds or installs the browser of the end-to-end tests.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { env, getuid, platform, stdout } from "node:process";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge"];

const otherPaths = {
  darwin: [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ],
  win32: [env.ProgramFiles, env["ProgramFiles(x86)"], env.LOCALAPPDATA]
    .filter(Boolean)
    .flatMap((folder) => [
      join(folder, "Google/Chrome/Application/chrome.exe"),
      join(folder, "Microsoft/Edge/Application/msedge.exe"),
    ]),
};

/** Returns the path of an installed Chrome, Chromium or Edge. MESH_BROWSER is the path of one in another place. */
export function findBrowser() {
  const folders = (env.PATH ?? "").split(delimiter).filter(Boolean);
  const onPath = platform === "win32" ? [] : folders.flatMap((folder) => names.map((name) => join(folder, name)));
  return [env.MESH_BROWSER, ...onPath, ...(otherPaths[platform] ?? [])].find((path) => path && existsSync(path));
}

/** Installs Debian's Chromium if possible, else Playwright's download. Returns its path. */
export function installBrowser() {
  if (platform === "linux" && getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    stdout.write("no Chrome, Chromium or Edge found: installing Debian's chromium\n");
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-liberation"]);
    return findBrowser();
  }
  stdout.write("no Chrome, Chromium or Edge found: Playwright downloads one\n");
  const cli = join(import.meta.dirname, "../node_modules/playwright-core/cli.js");
  const { output } = run(process.execPath, [cli, "install", "--only-shell", "chromium"]);
  return output && downloaded();
}

function downloaded() {
  const script = "process.stdout.write(require('playwright-core').chromium.executablePath())";
  const { stdout: path } = spawnSync(process.execPath, ["-e", script], {
    cwd: join(import.meta.dirname, ".."),
    encoding: "utf8",
  });
  return existsSync(path) ? path : undefined;
}

function run(command, args) {
  const done = spawnSync(command, args, {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (done.status !== 0) stdout.write(`${command} ${args.join(" ")} failed\n`);
  return { output: done.status === 0 };
}
