import { execFile, spawn } from "node:child_process";
import { cp, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { keepProcess } from "@mesh/dev";
import { chromium, type Page } from "playwright-core";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const modules = join(root, "node_modules");

/** What the page needs besides the client. A symbolic link is installed sooner. */
const packages = ["react", "react-dom", "vite", "@vitejs", "@types"];

/** The page of `examples/vite`, as a browser gets it. */
export interface ServedPage extends AsyncDisposable {
  /** Opens it in a new browser window. */
  open(): Promise<Page>;
  /** What the pages have thrown so far. */
  readonly errors: readonly string[];
}

/**
 * Checks the types of the page, builds it and serves it.
 *
 * @param app a folder outside of the repository in which the client is installed
 */
export async function servePage(
  app: string,
  { origin, gatewayUrl }: { readonly origin: string; readonly gatewayUrl: string },
): Promise<ServedPage> {
  const folder = join(app, "vite");
  const isSource = (file: string) => !/[\\/](node_modules|dist)$/.test(file);
  await cp(join(root, "examples/vite"), folder, { recursive: true, filter: isSource });
  await mkdir(join(folder, "node_modules"));
  await Promise.all(
    packages.map((name) => symlink(join(modules, name), join(folder, "node_modules", name), "junction")),
  );
  const options = { cwd: folder, env: { ...process.env, VITE_GATEWAY_URL: gatewayUrl, NO_COLOR: "1" } };
  const vite = join(modules, "vite/bin/vite.js");
  await run(process.execPath, [join(modules, "typescript/bin/tsc"), "--noEmit"], options);
  await run(process.execPath, [vite, "build"], options);
  const { hostname, port } = new URL(origin);
  const server = spawn(process.execPath, [vite, "preview", "--host", hostname, "--port", port], {
    ...options,
    stdio: ["ignore", "pipe", "inherit"],
  });
  keepProcess(server, "SIGKILL");
  for await (const line of createInterface(server.stdout)) if (line.includes(`${port}/`)) break;
  const executablePath = process.env.MESH_BROWSER;
  if (!executablePath) throw new Error("no browser: `npm test` finds or installs one and names it in MESH_BROWSER");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const errors: string[] = [];
  return {
    errors,
    async open() {
      const page = await browser.newPage();
      page.setDefaultTimeout(60_000);
      page.on("pageerror", ({ message }) => errors.push(message));
      await page.goto(origin);
      return page;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      server.kill();
    },
  };
}
