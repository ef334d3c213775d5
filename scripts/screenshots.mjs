// Takes the pictures in docs/ again: starts the mesh of this folder, uses the shop, and ends the mesh.
import "./supported-node.mjs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { env, execPath, exit, stderr, stdout } from "node:process";
import { createInterface } from "node:readline";
import { findBrowser } from "./browser.mjs";

const root = join(import.meta.dirname, "..");
/** What the console measures: it shows the last minute. */
const measuredMs = 60_000;

const executablePath = findBrowser();
if (!executablePath) fail("no Chrome, Chromium or Edge found: npm test installs one");
const { chromium } = await import("playwright-core");

const mesh = spawn(execPath, [join(root, "tools/dev/bin/start.mjs")], {
  cwd: root,
  env: { ...env, NO_COLOR: "1" },
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = once(mesh, "exit");
try {
  const { shop, console } = await addresses();
  await takeAll(shop, console);
} finally {
  mesh.kill("SIGINT");
  await ended;
}

/** Reads the addresses that `npm start` prints when all is ready. */
async function addresses() {
  const found = {};
  for await (const line of createInterface({ input: mesh.stdout })) {
    const [, name, url] = /^ {2}(Web page|Console) +(http\S+)/.exec(line) ?? [];
    if (name) found[name] = url;
    if (found["Web page"] && found.Console) {
      mesh.stdout.resume();
      return { shop: found["Web page"], console: found.Console };
    }
  }
  return fail("the mesh did not start: see the lines above");
}

async function takeAll(shop, console) {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(shop, { waitUntil: "networkidle" });
    await take(page, "shop.png");
    const overview = await browser.newPage({ viewport: { width: 1440, height: 940 } });
    await overview.goto(console);
    // Services are measured while the console is open.
    for (const end = Date.now() + measuredMs; Date.now() < end; ) await visit(page, shop);
    // The header has the name of the folder, which may be any.
    await overview.evaluate((name) => {
      const header = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      while (header.nextNode()) {
        const text = header.currentNode;
        text.data = text.data.replace(/^\S+(?=: \d+ of \d+ ready$)/, name);
      }
    }, "typemesh");
    await take(overview, "console.png");
  } finally {
    await browser.close();
  }
}

/** Looks at the first products of the shop, as a customer does. */
async function visit(page, shop) {
  await page.goto(shop, { waitUntil: "networkidle" });
  const products = page.locator('a[href^="/products/"]');
  for (let at = 0; at < 4; at++) {
    await products.nth(at).click();
    await page.waitForLoadState("networkidle");
    await page.goBack({ waitUntil: "networkidle" });
  }
}

async function take(page, name) {
  await page.screenshot({ path: join(root, "docs", name), animations: "disabled" });
  stdout.write(`docs/${name}\n`);
}

function fail(message) {
  stderr.write(`${message}\n`);
  exit(1);
}
