import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, type RunningIssuer, startIssuer } from "@mesh/dev";
import { type RunningMesh, startMesh } from "@mesh/testing";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openShop, type Shop } from "./page.ts";
import { putOnSale } from "./stock.ts";

const client = { id: "shop", secret: "the secret of the shop at the issuer" };

let dir: string;
let issuer: RunningIssuer;
let mesh: RunningMesh;
let shop: Shop;
let context: BrowserContext;
let page: Page;
const failures: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "typemesh-issuer-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  issuer = await startIssuer({
    dir,
    port: await freePort(),
    clients: () => [{ ...client, redirectUris: [`${url}/auth/callback`], signedOutUris: [`${url}/`] }],
  });
  const OIDC = { OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: client.id, OIDC_CLIENT_SECRET: client.secret };
  mesh = await startMesh({ env: { ...OIDC, PUBLIC_ORIGINS: url } });
  shop = await openShop(mesh.gatewayUrl, port);
  await putOnSale(mesh, "Perfectly Plain Teapot", 10n);
});

afterAll(async () => {
  await shop?.[Symbol.asyncDispose]();
  await mesh?.close();
  await issuer?.stop();
  await rm(dir, { recursive: true, force: true });
});

beforeEach(async () => {
  failures.length = 0;
  context = await shop.browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("pageerror", (error) => failures.push(error.message));
});

afterEach(async () => {
  await context.close();
  expect(failures).toEqual([]);
});

const account = (name: string) => page.getByRole("button", { name: `Account of ${name}` });

async function signIn(name: string): Promise<void> {
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name }).click();
  await account(name).waitFor();
}

describe("signing in", () => {
  it("comes back to the same page, with the cart, and ends at the issuer too", async () => {
    await page.goto(shop.url);
    await page.getByRole("button", { name: /^Add/ }).first().click();
    await page.goto(`${shop.url}/cart`);
    await signIn("Clara Clerk");
    expect(new URL(page.url()).pathname).toBe("/cart");
    await page.getByRole("link", { name: "Perfectly Plain Teapot" }).first().waitFor();
    await account("Clara Clerk").click();
    await page.getByText("clerk", { exact: true }).waitFor();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Casey Customer" }).waitFor();
  });

  it("again, after the session is over, keeps what the page shows", async () => {
    await page.goto(shop.url);
    await page.getByRole("button", { name: /^Add/ }).first().click();
    await signIn("Casey Customer");
    await page.getByRole("button", { name: /^Cart/ }).click();
    await page.getByRole("link", { name: "Check out" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Ada Lovelace");
    await page.getByRole("radio", { name: "Working card" }).check();
    // The session ends elsewhere.
    const cookies = await context.cookies(shop.url);
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const ended = await fetch(`${shop.url}/auth/logout`, { method: "POST", headers: { cookie }, redirect: "manual" });
    expect(ended.status).toBe(303);
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
});
