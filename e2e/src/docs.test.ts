import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

const repository = join(import.meta.dirname, "../..");

let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "typemesh-docs-"));
  const bin = join(repository, "tools/checks/bin/mesh-docs.mjs");
  await promisify(execFile)(process.execPath, [bin, "--output", folder], { cwd: repository });
  const executablePath = process.env.MESH_BROWSER;
  if (!executablePath) throw new Error("no browser: `npm test` finds or installs one and names it in MESH_BROWSER");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

function address(page: string): string {
  return pathToFileURL(join(folder, page)).href;
}

test("the pages on the contracts can be searched with the keyboard, opened as files", async () => {
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(address("index.html"));
  await page.keyboard.press("/");
  await page.keyboard.type("watchorder");
  await page.getByRole("option", { name: "OrderService.WatchOrder" }).waitFor();
  expect(await page.getByRole("status").textContent()).toMatch(/^\d+ found$/);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForURL(/orders\.v1\.html#orders\.v1\.OrderService\.WatchOrder$/);
  const heading = page.getByRole("heading", { name: "WatchOrder server stream" });
  await expect.poll(async () => (await heading.boundingBox())?.y).toBeLessThan(page.viewportSize()?.height ?? 0);
  expect(errors).toEqual([]);
  await page.close();
});

test.each(["index.html", "orders.v1.html", "catalog.v1.html", "events.html", "permissions.html"])(
  "%s fits a phone and reads without JavaScript",
  async (name) => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, javaScriptEnabled: false });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(address(name));
    expect(await page.getByRole("search").isVisible()).toBe(false);
    expect(await page.getByRole("heading", { level: 1 }).isVisible()).toBe(true);
    const overflowing = await page
      .locator("main *")
      .evaluateAll((all) =>
        all.filter((one) => one.getBoundingClientRect().right > 390).map((one) => one.outerHTML.slice(0, 80)),
      );
    expect(overflowing).toEqual([]);
    await context.close();
  },
);
