import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";

describe("the served files", () => {
  test("are the document and the page, all from this gateway", async () => {
    const { url } = await startMesh();
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ openapi: "3.1.1" });
    const page = await fetch(`${url}/reference`);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    const files = [...(await page.text()).matchAll(/(?:src|href)="(reference\/[^"]+)"/g)].map(([, path]) => path);
    expect(files).toHaveLength(4);
    for (const file of files) expect((await fetch(`${url}/${file}`)).status).toBe(200);
    expect((await fetch(`${url}/reference/package.json`)).status).toBe(404);
  });

  test("are compressed for clients that accept it, and cached by their address", async () => {
    const { url } = await startMesh();
    const plain = await fetch(`${url}/reference/swagger-ui.css`, { headers: { "accept-encoding": "identity" } });
    const text = await plain.text();
    expect([plain.headers.get("content-encoding"), plain.headers.get("vary")]).toEqual([null, "accept-encoding"]);
    expect(plain.headers.get("cache-control")).toContain("immutable");
    const small = await fetch(`${url}/reference/swagger-ui.css`, { headers: { "accept-encoding": "gzip" } });
    expect(small.headers.get("content-encoding")).toBe("gzip");
    expect(Number(small.headers.get("content-length"))).toBeLessThan(text.length / 2);
    expect(await small.text()).toBe(text);
    const refused = await fetch(`${url}/reference/swagger-ui.css`, { headers: { "accept-encoding": "br, gzip;q=0" } });
    expect(refused.headers.get("content-encoding")).toBe(null);
    const document = await fetch(`${url}/openapi.json`, { headers: { "accept-encoding": "gzip" } });
    expect([document.headers.get("content-encoding"), document.headers.get("content-type")]).toEqual([
      "gzip",
      "application/json",
    ]);
  });
});

describe("the page", () => {
  let browser: Browser;
  beforeAll(async () => {
    const executablePath = process.env.MESH_BROWSER;
    if (!executablePath) throw new Error("no browser: `npm test` finds or installs one and names it in MESH_BROWSER");
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(() => browser?.close());

  test.each([
    [1440, "light"],
    [390, "dark"],
  ] as const)("at %i px, %s, tries operations without an error on the console", async (width, colorScheme) => {
    const { url } = await startMesh();
    const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    page.on("console", (message) => /error|warning/.test(message.type()) && complaints.push(message.text()));
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on(
      "request",
      (request) => !/^data:/.test(request.url()) && !request.url().startsWith(url) && complaints.push(request.url()),
    );
    await page.goto(`${url}/reference`);
    expect(await page.evaluate("document.documentElement.classList.contains('dark-mode')")).toBe(
      colorScheme === "dark",
    );
    for (const [tag, id, text] of [
      ["CatalogService", "CatalogService_ListProducts", "totalSize"],
      ["OrderService", "OrderService_PlaceOrder", "ORDER_STATUS_PENDING"],
    ] as const) {
      const operation = page.locator(`[id="operations-${tag}-${id}"]`);
      await operation.locator(".opblock-summary-control").click();
      await operation.locator("button.execute").click();
      const answer = operation.locator(".live-responses-table");
      await answer.waitFor();
      expect(await answer.locator(".response-col_status").last().textContent()).toContain("200");
      expect(await answer.textContent()).toContain(text);
    }
    expect(complaints).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    await context.close();
  });
});
