import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, keepProcess } from "@mesh/dev";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { callIn } from "./clone.ts";

const root = join(import.meta.dirname, "../..");
const vitepress = join(root, "docs/node_modules/vitepress/bin/vitepress.js");
const phone = { width: 390, height: 844 };
const tablet = { width: 820, height: 1180 };
const desktop = { width: 1440, height: 900 };

const sources = "https://git.example/acme/mesh/blob/main";

let browser: Browser;
let base: string;

beforeAll(async () => {
  const build = ["scripts/site.mjs", "build"];
  const { code, output } = await callIn(root, process.execPath, build, { MESH_SITE_SOURCES: sources });
  expect([code, output]).toEqual([0, expect.stringContaining("build complete")]);
  const port = await freePort();
  const server = spawn(process.execPath, [vitepress, "preview", "docs", "--port", `${port}`], { cwd: root });
  keepProcess(server);
  // It prints its address when it listens.
  await once(server.stdout, "data");
  base = `http://localhost:${port}`;
  const executablePath = process.env.MESH_BROWSER;
  if (!executablePath)
    throw new Error("no browser: `npm run test:long` finds or installs one and names it in MESH_BROWSER");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  return async () => {
    const gone = once(server, "exit");
    server.kill();
    await gone;
  };
}, 600_000);

afterAll(() => browser?.close());

/** Opens a page that records what goes wrong in it, and which other hosts it asks. */
async function openPage(viewport = desktop): Promise<{ page: Page; wrong: string[] }> {
  const page = await browser.newPage({ viewport });
  onTestFinished(() => page.close());
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (line) => line.type() === "error" && wrong.push(`${line.location().url}: ${line.text()}`));
  page.on("request", (request) => !request.url().startsWith(`${base}/`) && wrong.push(request.url()));
  page.setDefaultTimeout(60_000);
  return { page, wrong };
}

/** Returns the addresses of all pages, which the list beside each page has. */
async function addresses(): Promise<string[]> {
  const { page } = await openPage();
  await page.goto(base);
  const links = page.locator(".VPSidebar a.link");
  return links.evaluateAll((all) => all.map((link) => new URL(link.getAttribute("href") ?? "", document.baseURI).href));
}

it("search finds a page, and its heading, without another host", async () => {
  const { page, wrong } = await openPage();
  await page.goto(base);
  await page.keyboard.press("Control+k");
  await page.getByRole("searchbox").fill("dead letters");
  await page.getByRole("option", { name: "DeadLetters" }).first().click();
  await page.waitForURL(/runbooks\/dead-letters/);
  await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent()).toContain("DeadLetters");
  expect(wrong).toEqual([]);
});

it.each([
  ["a phone", phone],
  ["a tablet", tablet],
  ["a desktop", desktop],
])("every page fits %s, and reports no error", async (_, viewport) => {
  const all = await addresses();
  expect(all.length).toBeGreaterThan(45);
  const { page, wrong } = await openPage(viewport);
  for (const address of all) {
    await page.goto(address, { waitUntil: "load" });
    expect([address, await page.getByRole("heading", { level: 1 }).isVisible()]).toEqual([address, true]);
    expect([address, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([
      address,
      viewport.width,
    ]);
  }
  expect(wrong).toEqual([]);
});

it("a link to a file outside of the pages leads to the sources that the setting names", async () => {
  const { page } = await openPage();
  await page.goto(`${base}/comparison.html`);
  const link = page.getByRole("link", { name: "the benchmark" });
  expect(await link.getAttribute("href")).toBe(`${sources}/bench/mesh.md`);
});

it("docstrings are a part of it, and search finds them", async () => {
  const { page, wrong } = await openPage();
  await page.goto(base);
  await page.keyboard.press("Control+k");
  await page.getByRole("searchbox").fill("createIdentity");
  await page.getByRole("option", { name: "createIdentity" }).first().click();
  await page.waitForURL(/reference\/rpc\.html#createidentity/);
  expect(wrong).toEqual([]);
});

it("diagrams are drawn", async () => {
  const { page, wrong } = await openPage();
  await page.goto(`${base}/architecture.html`);
  const diagrams = page.locator("pre.diagram");
  expect(await diagrams.count()).toBeGreaterThan(1);
  for (const diagram of await diagrams.all()) await diagram.locator("svg").waitFor();
  expect(wrong).toEqual([]);
});

it("the pages of the contracts are a part of it", async () => {
  const { page, wrong } = await openPage();
  await page.goto(base);
  await page.locator(".VPSidebar").getByRole("link", { name: "Contracts of this repository" }).click();
  await page.getByRole("link", { name: "orders.v1" }).first().waitFor();
  expect(wrong).toEqual([]);
});

it("a build fails if a link is dead", async () => {
  const docs = await mkdtemp(join(tmpdir(), "typemesh-site-"));
  onTestFinished(() => rm(docs, { recursive: true, force: true }));
  const isSource = (path: string) => !/(node_modules|cache|dist)$/.test(path);
  await cp(join(root, "docs"), docs, { recursive: true, filter: isSource });
  await symlink(join(root, "docs/node_modules"), join(docs, "node_modules"));
  await writeFile(join(docs, "policy.md"), "# Policy\n\n[nowhere](no-such-page.md)\n");
  const { code, output } = await callIn(root, process.execPath, [vitepress, "build", docs]);
  expect([code, output]).toEqual([1, expect.stringContaining("dead link ./no-such-page in file policy.md")]);
}, 300_000);
