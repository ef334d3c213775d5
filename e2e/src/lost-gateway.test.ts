import { InventoryService } from "@mesh/contracts/inventory/v1";
import type { PlaceOrderResponse } from "@mesh/contracts/orders/v1";
import { transformer } from "@mesh/contracts/transformer";
import { connect } from "@mesh/rpc";
import { patiently, type RunningMesh, startMesh, type TestNetwork, testNetwork } from "@mesh/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { openShop, type Shop } from "./page.ts";
import { orderOf } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

let mesh: RunningMesh;
let network: TestNetwork;
let shop: Shop;
let page: Page;

beforeAll(async () => {
  mesh = await startMesh();
  network = await testNetwork(mesh.gatewayUrl);
  shop = await openShop(network.url);
});

afterAll(async () => {
  await shop?.[Symbol.asyncDispose]();
  await network?.[Symbol.asyncDispose]();
  await mesh?.close();
});

beforeEach(async () => {
  page = await shop.browser.newPage();
  onTestFinished(() => page.close());
  page.setDefaultTimeout(60_000);
  await page.addInitScript(recordStreams);
});

/** What the page's streams received, and when: milliseconds of the page's clock. */
interface Recorded {
  readonly name: string;
  readonly data: string;
  readonly atMs: number;
}

/** Runs in the page: records the events of its streams, and when it shows that it reconnects. */
function recordStreams(): void {
  const recorded: Recorded[] = [];
  const record = (name: string, data = "") => void recorded.push({ name, data, atMs: performance.now() });
  Object.assign(window, { recorded });
  const Original = window.EventSource;
  window.EventSource = class extends Original {
    constructor(...args: ConstructorParameters<typeof EventSource>) {
      super(...args);
      for (const name of ["connected", "message", "ping"]) {
        this.addEventListener(name, (event) => record(name, (event as MessageEvent<string>).data));
      }
    }
  };
  new MutationObserver(() => {
    if (document.body?.innerText.includes("reconnecting…")) record("reconnecting");
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

const recorded = () => page.evaluate(() => (window as unknown as { recorded: Recorded[] }).recorded);

const mark = (text: string) => page.getByText(text, { exact: true });

const openInventory = () =>
  connect(InventoryService, { address: mesh.addressOf("inventory"), credentials: mesh.credentials });

/** Sets the stock without the gateway. */
async function setStock(productId: string, available: bigint): Promise<void> {
  const { client, close } = openInventory();
  await patiently(() => client.setStock({ counts: [{ productId, available }] })).finally(close);
}

/** Returns the stock without the gateway. */
async function stockOf(productId: string) {
  const { client, close } = openInventory();
  const { stock } = await patiently(() => client.getStock({ productId })).finally(close);
  return stock;
}

const losses = {
  "is killed": {
    async lose() {
      await mesh.apps.gateway?.kill("SIGKILL");
      await expect.poll(() => shop.errors()).toContain("the gateway does not respond");
    },
    restore: async () => mesh.apps.gateway?.start(),
  },
  hangs: {
    lose: async () => mesh.apps.gateway?.freeze(),
    restore: async () => mesh.apps.gateway?.thaw(),
  },
  "is behind a network that loses all bytes": {
    lose: async () => network.freeze(),
    restore: async () => network.thaw(),
  },
};

describe("a page whose gateway", () => {
  it.each(Object.entries(losses))("%s says so, and then shows what has changed", async (_, { lose, restore }) => {
    const productId = await putOnSale(mesh, "Steady Barometer", 10n);
    await page.goto(`${shop.url}/products/${productId}`);
    await mark("live").waitFor();
    await lose();
    try {
      await mark("reconnecting…").waitFor();
      await page.getByText("10 in stock").waitFor();
      await setStock(productId, 9n);
    } finally {
      await restore();
    }
    await mark("live").waitFor();
    await page.getByText("9 in stock").waitFor();
    // The server of the page prints a lost gateway without its address and a stack.
    expect(shop.errors()).not.toMatch(/ECONNREFUSED|\/trpc\//);
  });

  it("hangs notices it by the silence, which the gateway limits to less than 5 s", async () => {
    const productId = await putOnSale(mesh, "Silent Barometer", 10n);
    await page.goto(`${shop.url}/products/${productId}`);
    const pings = async () => (await recorded()).filter(({ name }) => name === "ping").length;
    await expect.poll(pings).toBeGreaterThan(3);
    const before = await recorded();
    const options = before.find(({ name }) => name === "connected")?.data ?? "{}";
    const { reconnectAfterInactivityMs: silenceMs } = JSON.parse(options);
    expect(silenceMs).toBeLessThan(5_000);
    // On a connection that works, the page never shows that it reconnects.
    expect(before.map(({ name }) => name)).not.toContain("reconnecting");
    mesh.apps.gateway?.freeze();
    onTestFinished(() => mesh.apps.gateway?.thaw());
    await mark("reconnecting…").waitFor();
    const after = await recorded();
    const shown = after.findIndex(({ name }) => name === "reconnecting");
    const silence = (after[shown]?.atMs ?? 0) - (after[shown - 1]?.atMs ?? 0);
    expect(silence).toBeGreaterThan(silenceMs - 50);
  });

  it("hangs says so while no response comes, and then shows it", async () => {
    await putOnSale(mesh, "Late Barometer", 10n);
    await page.goto(`${shop.url}/cart`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    mesh.apps.gateway?.freeze();
    onTestFinished(() => mesh.apps.gateway?.thaw());
    await page.getByRole("link", { name: "Heddle home" }).click();
    await page.getByText("No response yet. Reconnecting…").waitFor();
    await page.getByText("The gateway is unavailable. Trying again…").waitFor();
    mesh.apps.gateway?.thaw();
    await page.getByRole("list", { name: "Products" }).getByRole("link").first().waitFor();
    await expect.poll(() => page.getByText(/Reconnecting|unavailable/).count()).toBe(0);
  });
});

it("an order that is confirmed while the gateway hangs is confirmed on the page, with every step", async () => {
  const productId = await putOnSale(mesh, "Patient Barometer", 10n);
  await page.goto(shop.url);
  await page.getByRole("list", { name: "Products" }).getByRole("link").first().waitFor();
  await mesh.apps.payments?.kill("SIGTERM");
  await page.goto(`${shop.url}/orders/${await placeOrder(productId)}`);
  await mark("live").waitFor();
  mesh.apps.gateway?.freeze();
  onTestFinished(() => mesh.apps.gateway?.thaw());
  await mark("reconnecting…").waitFor();
  await mesh.apps.payments?.start();
  await expect.poll(() => stockOf(productId)).toEqual({ productId, available: 9n, reserved: 0n });
  mesh.apps.gateway?.thaw();
  const steps = page.getByRole("list", { name: "Progress" }).getByRole("heading");
  await expect.poll(() => steps.allInnerTexts()).toEqual(["Placed", "Confirmed"]);
  // A finished order is not followed any more.
  await expect.poll(() => page.getByText(/^(live|connecting…|reconnecting…)$/).count()).toBe(0);
});

/** Places an order for the customer of the page, whose cookie belongs to every port of the host. Returns its id. */
async function placeOrder(productId: string): Promise<string> {
  const data = transformer.serialize(orderOf([{ productId, quantity: 1 }]));
  const response = await page.request.post(`${mesh.gatewayUrl}/trpc/orders.placeOrder`, { data });
  const { order } = transformer.deserialize((await response.json()).result.data) as PlaceOrderResponse;
  return order.id;
}
