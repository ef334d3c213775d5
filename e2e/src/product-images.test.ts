import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { startTestShop } from "../fixtures/test-shop.ts";
import { pngOf } from "./png.ts";
import { signIn } from "./sign-in-shop.ts";
import { putOnSale } from "./stock.ts";

const { running, newPage } = startTestShop();

const file = (name: string, buffer: Buffer, mimeType = "image/png") => ({ name, mimeType, buffer });
const panel = (page: Page) => page.getByRole("region", { name: "Pictures", exact: true });
const choose = (page: Page, chosen: ReturnType<typeof file>) => page.getByLabel("Picture file").setInputFiles(chosen);

/** Waits for a picture from the store of objects that the page shows as large as it is. */
async function shownImage(page: Page): Promise<{ width: number; height: number }> {
  const image = page.locator('img[src^="/v1/products/"]').first();
  await image.waitFor();
  return image.evaluate(async (one: HTMLImageElement) => {
    await one.decode();
    return { width: one.naturalWidth, height: one.naturalHeight };
  });
}

it("a clerk adds a picture, which a visitor sees, and removes it", async () => {
  const id = await putOnSale(running().mesh, "Pictured Lamp", 10n);
  const [clerk, visitor] = [await newPage(), await newPage()];
  await clerk.goto(running().shop.url);
  await signIn(clerk, "Clara Clerk");
  await clerk.goto(`${running().shop.url}/products/${id}`);
  await choose(clerk, file("lamp.png", pngOf(40, 50)));
  expect(await shownImage(clerk)).toEqual({ width: 40, height: 50 });

  await visitor.goto(`${running().shop.url}/products/${id}`);
  expect(await shownImage(visitor)).toEqual({ width: 40, height: 50 });
  expect(await visitor.getByText("Only staff see this").count()).toBe(0);
  await visitor.goto(running().shop.url);
  expect(await shownImage(visitor)).toEqual({ width: 40, height: 50 });

  await choose(clerk, file("side.png", pngOf(30, 30)));
  await panel(clerk).getByRole("button", { name: "Remove picture 2" }).click();
  await panel(clerk).getByRole("button", { name: "Remove picture 2" }).waitFor({ state: "detached" });
  await panel(clerk).getByRole("button", { name: "Remove picture 1" }).click();
  await clerk.locator('img[src^="/v1/products/"]').first().waitFor({ state: "detached" });
});

it("says in plain words why a file is no picture for the shop", async () => {
  const id = await putOnSale(running().mesh, "Plain Lamp", 10n);
  const clerk = await newPage();
  await clerk.goto(running().shop.url);
  await signIn(clerk, "Clara Clerk");
  await clerk.goto(`${running().shop.url}/products/${id}`);
  await choose(clerk, file("page.png", Buffer.from("<!doctype html><p>no picture</p>")));
  await clerk.getByText("This is no picture that we can show.").waitFor();
  await choose(clerk, file("large.png", Buffer.alloc(21 * 1024 * 1024)));
  await clerk.getByText("The picture is larger than 20 MB.").waitFor();
  await choose(clerk, file("lamp.png", pngOf(8, 8)));
  expect(await shownImage(clerk)).toEqual({ width: 8, height: 8 });
  expect(await panel(clerk).getByRole("alert").count()).toBe(0);
});

it("shows on a phone how much of a picture was sent, and sends no more of it when it is cancelled", async () => {
  const id = await putOnSale(running().mesh, "Slow Lamp", 10n);
  const clerk = await newPage();
  await clerk.goto(running().shop.url);
  await signIn(clerk, "Clara Clerk");
  await clerk.setViewportSize({ width: 390, height: 844 });
  await clerk.goto(`${running().shop.url}/products/${id}`);
  const network = await clerk.context().newCDPSession(clerk);
  const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 500_000 };
  await network.send("Network.emulateNetworkConditions", slow);
  await choose(clerk, file(`${"long ".repeat(20)}.png`, Buffer.concat([pngOf(9, 9), Buffer.alloc(19 * 1024 * 1024)])));
  const progress = panel(clerk).getByRole("progressbar");
  await expect.poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value)).toBeGreaterThan(0);
  const [page, window] = await clerk.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  expect(page).toBeLessThanOrEqual(window ?? 0);
  await clerk.getByRole("button", { name: "Cancel" }).click();
  await clerk.getByRole("button", { name: "Add picture", exact: true }).waitFor();
  expect(await panel(clerk).getByRole("alert").count()).toBe(0);
});
