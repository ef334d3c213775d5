import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort, startIssuer } from "@mesh/dev";
import { type RunningMesh, startMesh } from "@mesh/testing";
import type { BrowserContext, Page } from "playwright-core";
import { openShop, type Shop } from "./page.ts";

const client = { id: "shop", secret: "the secret of the shop at the issuer" };

/** A mesh and its page, at which people sign in. */
export interface SignInShop extends AsyncDisposable {
  readonly mesh: RunningMesh;
  readonly shop: Shop;
}

/** Starts the mesh with an issuer, and opens the page. */
export async function openSignInShop(): Promise<SignInShop> {
  const cleanup: (() => PromiseLike<void>)[] = [];
  const dispose = async () => {
    for (const step of cleanup.toReversed()) await step();
  };
  try {
    const dir = await mkdtemp(join(tmpdir(), "typemesh-issuer-"));
    cleanup.push(() => rm(dir, { recursive: true, force: true }));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const clients = () => [{ ...client, redirectUris: [`${url}/auth/callback`], signedOutUris: [`${url}/`] }];
    const issuer = await startIssuer({ dir, port: await freePort(), clients });
    cleanup.push(issuer.stop);
    const OIDC = { OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: client.id, OIDC_CLIENT_SECRET: client.secret };
    const mesh = await startMesh({ env: { ...OIDC, PUBLIC_ORIGINS: url } });
    cleanup.push(() => mesh.close());
    const shop = await openShop(mesh.gatewayUrl, port);
    cleanup.push(() => shop[Symbol.asyncDispose]());
    await issuerKnown(shop.url, issuer.url);
    return { mesh, shop, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/**
 * Waits until the gateway knows the issuer, which it contacts at the first sign-in. If a busy machine takes too long for that, the
 * gateway sends people back to the page, which asks them to sign in again.
 */
async function issuerKnown(url: string, issuerUrl: string): Promise<void> {
  const location = async () => (await fetch(`${url}/auth/login`, { redirect: "manual" })).headers.get("location");
  const endsAt = performance.now() + 60_000;
  while (!(await location())?.includes(issuerUrl)) {
    if (performance.now() > endsAt) throw new Error("the gateway does not reach the issuer");
    await pause(100);
  }
}

/** Opens a page of its own, whose errors are collected. */
export async function openPage(context: BrowserContext, failures: string[]): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on("pageerror", (error) => failures.push(error.message));
  return page;
}

/** Signs in on a page as one of the people of the issuer. */
export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name }).click();
  await page.getByRole("button", { name: `Account of ${name}` }).waitFor();
}
