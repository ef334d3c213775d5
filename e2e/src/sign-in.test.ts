import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Shop } from "./page.ts";
import { openPage, openSignInShop, type SignInShop, signIn } from "./sign-in-shop.ts";
import { putOnSale, refund } from "./stock.ts";

let running: SignInShop;
let shop: Shop;
let context: BrowserContext;
let page: Page;
const failures: string[] = [];

beforeAll(async () => {
  running = await openSignInShop();
  shop = running.shop;
  await putOnSale(running.mesh, "Perfectly Plain Teapot", 10n);
});

afterAll(() => running?.[Symbol.asyncDispose]());

beforeEach(async () => {
  failures.length = 0;
  context = await shop.browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await openPage(context, failures);
});

afterEach(async () => {
  await context.close();
  expect(failures).toEqual([]);
});

const account = (name: string) => page.getByRole("button", { name: `Account of ${name}` });

/** Ends the session of the page elsewhere. */
async function endElsewhere(): Promise<void> {
  const cookies = await context.cookies(shop.url);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const ended = await fetch(`${shop.url}/auth/logout`, { method: "POST", headers: { cookie }, redirect: "manual" });
  expect(ended.status).toBe(303);
}

describe("signing in", () => {
  it("comes back to the same page, with the cart, and ends at the issuer too", async () => {
    const logged: string[] = [];
    page.on(
      "console",
      (message) => message.type() === "error" && logged.push(`${message.text()} ${message.location().url}`),
    );
    await page.goto(shop.url);
    await page.getByRole("button", { name: /^Add/ }).first().click();
    await page.goto(`${shop.url}/cart`);
    await signIn(page, "Clara Clerk");
    expect(new URL(page.url()).pathname).toBe("/cart");
    await page.getByRole("link", { name: "Perfectly Plain Teapot" }).first().waitFor();
    await account("Clara Clerk").click();
    await page.getByText("clerk", { exact: true }).waitFor();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Casey Customer" }).waitFor();
    expect(logged).toEqual([]);
  });

  it("again, after the session is over, keeps what the page shows", async () => {
    await page.goto(shop.url);
    await page.getByRole("button", { name: /^Add/ }).first().click();
    await signIn(page, "Casey Customer");
    await page.getByRole("button", { name: /^Cart/ }).click();
    await page.getByRole("link", { name: "Check out" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Ada Lovelace");
    await page.getByRole("radio", { name: "Working card" }).check();
    await endElsewhere();
    await page.getByRole("textbox", { name: "Email" }).fill("ada@example.com");
    await page.getByRole("textbox", { name: "Address" }).fill("12 St James's Square, London");
    await page.getByRole("button", { name: /^Place order/ }).click();
    await page.getByText("Your session has ended.").waitFor();
    const [popup] = await Promise.all([
      page.waitForEvent("popup"),
      page.getByRole("button", { name: "Sign in again" }).click(),
    ]);
    // The issuer knows the customer still, so the window may be gone already.
    await popup.waitForEvent("close").catch(() => {});
    await account("Casey Customer").waitFor();
    await expect.poll(() => page.getByText("Your session has ended.").count()).toBe(0);
    expect(await page.getByRole("textbox", { name: "Name" }).inputValue()).toBe("Ada Lovelace");
    await page.getByRole("button", { name: /^Place order/ }).click();
    await page.getByRole("list", { name: "Progress" }).waitFor();
  });

  it("again, after the session is over, follows an order after its last step", async () => {
    await page.goto(shop.url);
    await page.getByRole("button", { name: /^Add/ }).first().click();
    await signIn(page, "Casey Customer");
    await page.goto(`${shop.url}/checkout`);
    await page.getByRole("textbox", { name: "Name" }).fill("Ada Lovelace");
    await page.getByRole("textbox", { name: "Email" }).fill("ada@example.com");
    await page.getByRole("textbox", { name: "Address" }).fill("12 St James's Square, London");
    await page.getByRole("radio", { name: "Working card" }).check();
    await page.getByRole("button", { name: /^Place order/ }).click();
    const progress = page.getByRole("list", { name: "Progress" });
    await progress.getByRole("heading", { name: "Confirmed" }).waitFor();
    await endElsewhere();
    // The subscription ends with the session, so nothing has to be clicked.
    await page.getByText("Your session has ended.").waitFor();
    const resumed = page.waitForRequest(/orders\.watchOrder/);
    const [popup] = await Promise.all([
      page.waitForEvent("popup"),
      page.getByRole("button", { name: "Sign in again" }).click(),
    ]);
    await popup.waitForEvent("close").catch(() => {});
    await account("Casey Customer").waitFor();
    expect(decodeURIComponent((await resumed).url())).toContain('"lastEventId":"2"');
    const orderId = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    await refund(running.mesh, orderId);
    await progress.getByRole("heading", { name: "Refunded" }).waitFor();
  });
});
