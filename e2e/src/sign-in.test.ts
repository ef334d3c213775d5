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
});
