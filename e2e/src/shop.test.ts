import { type RunningMesh, startMesh } from "@mesh/testing";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openShop, type Shop } from "./page.ts";
import { createShopper } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

let mesh: RunningMesh;
let shop: Shop;
let page: Page;
const failures: string[] = [];

beforeAll(async () => {
  mesh = await startMesh({ seed: true });
  shop = await openShop(mesh.gatewayUrl);
});

afterAll(async () => {
  await shop?.[Symbol.asyncDispose]();
  await mesh?.close();
});

beforeEach(async () => {
  failures.length = 0;
  page = await shop.browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(60_000);
  page.on("pageerror", (error) => failures.push(error.message));
});

afterEach(async () => {
  await page.close();
  expect(failures).toEqual([]);
});

const stockOf = async (productId: string) => {
  const { stock } = await createShopper(mesh.gatewayUrl).inventory.getStock.query({ productId });
  return stock;
};

/** Searches for a product, as a customer would, and adds it to the cart. */
async function putIntoCart(name: string): Promise<void> {
  await page.goto(shop.url);
  await page.getByRole("searchbox", { name: "Search the catalogue" }).fill(name);
  await page.getByRole("link", { name }).first().click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await page.getByRole("button", { name: "Add to cart" }).click();
}

async function checkOut(card: string): Promise<void> {
  await page.goto(`${shop.url}/checkout`);
  await page.getByRole("textbox", { name: "Name" }).fill("Ada Lovelace");
  await page.getByRole("textbox", { name: "Email" }).fill("ada@example.com");
  await page.getByRole("textbox", { name: "Address" }).fill("12 St James's Square, London");
  await page.getByRole("radio", { name: card }).check();
  await page.getByRole("button", { name: /^Place order/ }).click();
}

const progress = () => page.getByRole("list", { name: "Progress" });

describe("the shop", () => {
  it("sells: search, cart, payment, confirmed", async () => {
    const productId = await putOnSale(mesh, "Perfectly Plain Teapot", 10n);
    await putIntoCart("Perfectly Plain Teapot");
    await checkOut("Working card");
    await progress().getByRole("heading", { name: "Confirmed" }).waitFor();
    await expect.poll(() => stockOf(productId)).toEqual({ productId, available: 9n, reserved: 0n });
    await page.goto(`${shop.url}/orders`);
    await page
      .getByRole("article")
      .filter({ hasText: "Confirmed" })
      .getByRole("link", { name: /^Order / })
      .click();
    await progress().getByRole("heading", { name: "Confirmed" }).waitFor();
  });

  it("cancels if the payment is declined, and releases the stock", async () => {
    const productId = await putOnSale(mesh, "Regrettable Lamp", 10n);
    await putIntoCart("Regrettable Lamp");
    await checkOut("Declined card");
    await progress().getByRole("heading", { name: "Cancelled" }).waitFor();
    await expect.poll(() => stockOf(productId)).toEqual({ productId, available: 10n, reserved: 0n });
    // A finished order is not live any more.
    await expect.poll(() => page.getByText(/^(live|connecting…|reconnecting…)$/).count()).toBe(0);
  });

  it("shows the contract's errors at the fields", async () => {
    await putOnSale(mesh, "Unsent Postcard", 10n);
    await putIntoCart("Unsent Postcard");
    await page.goto(`${shop.url}/checkout`);
    await page.getByRole("textbox", { name: "Email" }).fill("ada");
    await page.getByRole("button", { name: /^Place order/ }).click();
    for (const name of ["Name", "Email", "Address"]) {
      const field = page.getByRole("textbox", { name });
      await expect.poll(() => field.getAttribute("aria-invalid")).toBe("true");
      const description = await field.getAttribute("aria-describedby");
      expect(await page.locator(`[id="${description}"]`).innerText()).not.toBe("");
    }
  });

  it("shows that a service is unavailable, and recovers by itself", async () => {
    await mesh.apps.catalog?.kill("SIGKILL");
    // The gateway keeps the response to a list that was asked for a moment ago.
    await page.goto(`${shop.url}/?q=teapot`);
    await page
      .getByText(/Catalog is unavailable/)
      .first()
      .waitFor();
    await mesh.apps.catalog?.start();
    await page.getByRole("list", { name: "Products" }).getByRole("link").first().waitFor();
  });

  it("labels the categories and the icons on a phone", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(shop.url);
    await page.getByRole("list", { name: "Products" }).getByRole("link").first().waitFor();
    for (const text of ["Categories", "Food", "Orders", "Cart", "Add", "Next page"]) {
      const box = await page.getByText(text, { exact: true }).first().boundingBox();
      expect([text, (box?.width ?? 0) > 20 && (box?.x ?? 0) + (box?.width ?? 0) <= 390]).toEqual([text, true]);
    }
  });

  it("has a page for addresses that do not exist", async () => {
    await page.goto(`${shop.url}/products/00000000-0000-4000-8000-000000000000`);
    await page
      .getByRole("heading", { name: /no|not/i })
      .first()
      .waitFor();
    await page.goto(`${shop.url}/nowhere`);
    await page
      .getByRole("heading", { name: /no|not/i })
      .first()
      .waitFor();
  });

  it.each([360, 1440])("fits a screen of %d pixels", async (width) => {
    await page.setViewportSize({ width, height: 740 });
    for (const path of ["/", "/cart", "/checkout", "/orders"]) {
      await page.goto(`${shop.url}${path}`);
      await page.getByRole("heading", { level: 1 }).first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    }
  });

  it("loads the pictures of the first view first, without a shift, and the last ones only if needed", async () => {
    await page.goto(shop.url);
    await page.getByRole("list", { name: "Products" }).getByRole("link").first().waitFor();
    const pictures = await page.locator("main img").evaluateAll((images: HTMLImageElement[]) =>
      images.map((image) => ({
        isVisible: image.getBoundingClientRect().top < window.innerHeight,
        attributes: [image.loading, image.fetchPriority, image.getAttribute("width"), image.getAttribute("height")],
      })),
    );
    expect(pictures.length).toBeGreaterThan(12);
    const first = pictures.filter(({ isVisible }) => isVisible);
    expect(first).toEqual(first.map(() => ({ isVisible: true, attributes: ["eager", "high", "400", "500"] })));
    expect(pictures.at(-1)?.attributes).toEqual(["lazy", "auto", "400", "500"]);
  });

  it("works with the keyboard: a skip link first, and visible focus", async () => {
    await page.goto(shop.url);
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    expect(focused).toMatch(/skip/i);
  });
});
