import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort, keepProcess } from "@mesh/dev";
import { type Browser, chromium } from "playwright-core";

const web = join(import.meta.dirname, "../../web");
const vite = join(import.meta.dirname, "../../node_modules/vite/bin/vite.js");

/** The shop in a browser. */
export interface Shop extends AsyncDisposable {
  readonly url: string;
  readonly browser: Browser;
  /** Returns the errors that the server of the page has printed. */
  errors(): string;
}

/**
 * Builds the page, serves it in front of a gateway, and opens the browser that `npm test` has found.
 *
 * @param served the port of the page; default: a free one
 */
export async function openShop(gatewayUrl: string, served?: number): Promise<Shop> {
  const outDir = await mkdtemp(join(tmpdir(), "typemesh-web-"));
  const port = served ?? (await freePort());
  const env = { ...process.env, PORT: String(port), MESH_GATEWAY_URL: gatewayUrl };
  await promisify(execFile)(process.execPath, [vite, "build", "--outDir", outDir, "--logLevel", "error"], {
    cwd: web,
    env,
  });
  const server = spawn(process.execPath, [vite, "preview", "--outDir", outDir], {
    cwd: web,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  keepProcess(server);
  let errors = "";
  server.stderr.on("data", (data) => {
    errors += data;
  });
  await once(server.stdout, "data");
  const browser = await openBrowser();
  return {
    url: `http://127.0.0.1:${port}`,
    browser,
    errors: () => errors,
    async [Symbol.asyncDispose]() {
      await browser.close();
      const gone = once(server, "exit");
      server.kill();
      await gone;
      await rm(outDir, { recursive: true, force: true });
    },
  };
}

/** Opens the browser that `npm test` has found. */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.MESH_BROWSER;
  if (!executablePath) throw new Error("no browser: `npm test` finds or installs one and names it in MESH_BROWSER");
  return chromium.launch({ executablePath, args: flags });
}

/** Makes the browser work as root and without a network. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
