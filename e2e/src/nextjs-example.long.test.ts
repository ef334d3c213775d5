import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { freePort, keepProcess, startIssuer } from "@mesh/dev";
import { openSql, type RunningMesh, startMesh } from "@mesh/testing";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openBrowser } from "./page.ts";
import { openPage } from "./sign-in-shop.ts";
import { putOnSale } from "./stock.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const client = { id: "shop", secret: "the secret of the shop at the issuer" };
const cleanup: (() => unknown)[] = [];
let mesh: RunningMesh;
let browser: Browser;
let site: string;

beforeAll(async () => {
  const port = await freePort();
  site = `http://127.0.0.1:${port}`;
  [mesh, browser] = await Promise.all([startWithIssuer(), openBrowser()]);
  cleanup.push(() => browser.close());
  await startSite(port);
}, 600_000);

afterAll(async () => {
  for (const step of cleanup.toReversed()) await step();
});

async function temporary(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `typemesh-${name}-`));
  cleanup.push(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}

async function startWithIssuer(): Promise<RunningMesh> {
  let gateway = "";
  const clients = () => [{ ...client, redirectUris: [`${gateway}/auth/callback`], signedOutUris: [`${gateway}/`] }];
  const issuer = await startIssuer({ dir: await temporary("issuer"), port: await freePort(), clients });
  cleanup.push(issuer.stop);
  const OIDC = { OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: client.id, OIDC_CLIENT_SECRET: client.secret };
  const started = await startMesh({ env: { ...OIDC, CORS_ORIGINS: site } });
  cleanup.push(() => started.close());
  gateway = started.gatewayUrl;
  return started;
}

/** Installs, builds and starts the site, outside of the repository. */
async function startSite(port: number): Promise<void> {
  const folder = await temporary("nextjs");
  const isSource = (file: string) => !/[\\/](node_modules|\.next)$/.test(file);
  await cp(join(root, "examples/nextjs"), folder, { recursive: true, filter: isSource });
  const packed = join(folder, "client");
  const of = ["--name", "@acme/shop-client", "--version", "1.0.0", "--out", packed];
  await run("npm", ["run", "--silent", "client", "--", ...of], { cwd: root });
  await run("npm", ["pack", packed, "--pack-destination", folder], { cwd: folder });
  await rm(packed, { recursive: true });
  const flags = ["--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", ...flags], { cwd: folder });
  const env = {
    ...process.env,
    NODE_ENV: "production" as const,
    GATEWAY_URL: mesh.gatewayUrl,
    NEXT_PUBLIC_GATEWAY_URL: mesh.gatewayUrl,
    NEXT_TELEMETRY_DISABLED: "1",
  };
  const next = join(folder, "node_modules/next/dist/bin/next");
  await run(process.execPath, [next, "build"], { cwd: folder, env });
  const server = spawn(process.execPath, [next, "start", "--hostname", "127.0.0.1", "--port", String(port)], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  keepProcess(server, "SIGKILL");
  cleanup.push(async () => {
    const gone = once(server, "exit");
    server.kill();
    await gone;
  });
  for await (const line of createInterface(server.stdout)) if (line.includes("Ready")) break;
}

async function visit(): Promise<{ page: Page; context: BrowserContext; failures: string[] }> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const failures: string[] = [];
  return { page: await openPage(context, failures), context, failures };
}

test("a customer searches, orders by an action that shows the reasons of errors, and follows the order", async () => {
  await putOnSale(mesh, "Blue Lamp", 3n);
  const { page, failures } = await visit();
  await page.goto(site);
  await page.getByLabel("Search").fill("blue lamp");
  await page.getByRole("button", { name: "Search" }).click();
  await page.getByText("1 found").waitFor();
  await page.getByRole("link", { name: /^Blue Lamp/ }).click();
  await page.getByText("3 in stock").waitFor();
  const order = page.getByRole("button", { name: "Place order" });
  await page.getByLabel("Quantity").fill("4");
  await page.getByLabel("Email").fill("nobody");
  await order.click();
  await page.getByText("must be an email address").waitFor();
  await page.getByLabel("Email").fill("ada@example.com");
  await order.click();
  await page.getByText("Only 3 of 4 are left.").waitFor();
  await page.getByLabel("Quantity").fill("2");
  await order.click();
  await page.getByRole("heading", { name: "Your orders" }).waitFor();
  await page.getByRole("listitem").filter({ hasText: "2 × Blue Lamp" }).getByText("paid").waitFor();
  await page.goBack();
  await page.getByText("1 in stock").waitFor();
  expect(failures).toEqual([]);
});

test("a sign-in comes back, and the browser gets the cookies of its session that the gateway changes", async () => {
  const { page, context } = await visit();
  const cookie = async () => (await context.cookies(site)).find(({ name }) => name === "mesh_session")?.value;
  await page.goto(site);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Clara Clerk" }).click();
  await page.getByText("Clara Clerk").waitFor();
  expect(new URL(page.url()).origin).toBe(site);
  const first = await cookie();

  const sql = await openSql(mesh.databaseUrlOf("gateway"));
  onTestFinished(() => sql[Symbol.asyncDispose]());
  await sql.run("update sessions set rotated_at = rotated_at - interval '20 minutes'");
  const isReplaced = async () => {
    await page.reload();
    await page.getByText("Clara Clerk").waitFor();
    return (await cookie()) !== first;
  };
  await expect.poll(isReplaced).toBe(true);
  await sql.run("delete from sessions");
  const isRemoved = async () => {
    await page.reload();
    return (await page.getByRole("link", { name: "Sign in" }).isVisible()) && (await cookie()) === undefined;
  };
  await expect.poll(isRemoved).toBe(true);
});
