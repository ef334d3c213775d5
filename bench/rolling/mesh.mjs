// The mesh as its callers see it: the gateway by HTTP, and the services as another service calls them.
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { CatalogService, Category } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { connectBus, natsDiscovery } from "@mesh/events/registry";
import { connect, createIdentity } from "@mesh/rpc";
import { createLogger } from "@mesh/runtime";

const stockOfAll = 10_000_000;

/** The customers who call. */
export const customerCount = 12;

/** The longest call, far above every deadline in the mesh. */
const patienceMs = 60_000;

/** The longest wait for events that are still handled. */
const settleMs = 120_000;

/** Connects to a mesh, and puts a product on sale there. */
export async function openMesh({ natsUrl, gatewayUrl, developerDir }) {
  const log = createLogger({ name: "caller", level: "warn" });
  const [cert, key, ca] = await Promise.all(
    ["tls.crt", "tls.key", "ca.crt"].map((name) => readFile(join(developerDir, name), "utf8")),
  );
  const address = natsDiscovery({ bus: connectBus({ url: natsUrl, name: "caller", log }), log });
  const shared = { address, credentials: createIdentity({ cert, key, ca }) };
  const { client: catalog } = connect(CatalogService, shared);
  const { client: inventory } = connect(InventoryService, shared);
  const mesh = new Mesh(gatewayUrl, { catalog, inventory });
  mesh.productId = await mesh.addProduct();
  await mesh.open();
  return mesh;
}

class Mesh {
  catalog;
  inventory;
  productId;
  /** An order that is confirmed, of the first customer. */
  orderId;
  #gatewayUrl;
  #cookies = [];
  #next = 0;
  /** The orders that the gateway has confirmed to have placed. */
  #placed = 0;
  /** The calls that failed, whose orders may have been placed. */
  #unknown = 0;

  constructor(gatewayUrl, parts) {
    this.#gatewayUrl = gatewayUrl;
    Object.assign(this, parts);
  }

  async open() {
    for (let number = 0; number < customerCount; number++) {
      const response = await fetch(`${this.#gatewayUrl}/v1/products`);
      await response.arrayBuffer();
      this.#cookies.push(response.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "");
    }
    this.orderId = await this.placeOrder({ customer: 0 });
  }

  /** Returns the number of a customer, of all in turn. */
  nextCustomer() {
    this.#next = (this.#next + 1) % customerCount;
    return this.#next;
  }

  /** Sends a request to the gateway. @throws Error with the code and text of the response unless it is a success */
  async request(path, { customer, signal = AbortSignal.timeout(patienceMs), ...init }) {
    const headers = { cookie: this.#cookies[customer], "content-type": "application/json" };
    const response = await fetch(`${this.#gatewayUrl}${path}`, { ...init, headers, signal });
    if (!response.ok) throw await failureOf(response);
    return response;
  }

  async get(path, customer = this.nextCustomer()) {
    return (await this.request(path, { customer })).json();
  }

  /** Puts another product on sale. Returns its id. */
  async addProduct() {
    const price = { minorUnits: 1_000n, currency: "EUR" };
    const { product } = await this.catalog.createProduct({ name: "Rolling", category: Category.CATEGORY_BOOKS, price });
    await this.inventory.setStock({ counts: [{ productId: product.id, available: BigInt(stockOfAll) }] });
    return product.id;
  }

  async placeOrder({ customer, productId = this.productId, paymentToken = "tok_ok" }) {
    const who = { email: "ada@example.com", name: "Ada Lovelace", address: "12 St James's Square, London" };
    const items = [{ productId, quantity: 1 }];
    const body = JSON.stringify({ idempotencyKey: randomUUID(), items, paymentToken, ...who });
    try {
      const { id } = await (await this.request("/v1/orders", { customer, method: "POST", body })).json();
      this.#placed += 1;
      return id;
    } catch (error) {
      this.#unknown += 1;
      throw error;
    }
  }

  /** Waits until no order is open. Returns how many of the placed orders have no effect on the stock, and how many have two. */
  async checkOrders() {
    const end = performance.now() + settleMs;
    for (;;) {
      const { available, reserved } = await this.get(`/v1/stockLevels/${this.productId}`);
      const sold = stockOfAll - Number(available);
      if (Number(reserved) === 0)
        return { lost: Math.max(0, this.#placed - sold), doubled: Math.max(0, sold - this.#placed - this.#unknown) };
      if (performance.now() > end) throw new Error(`${reserved} orders are still open`);
      await pause(200);
    }
  }
}

async function failureOf(response) {
  const text = await response.text();
  try {
    const { code, detail, status } = JSON.parse(text);
    return Object.assign(new Error(detail), { code: code ?? status });
  } catch {
    return Object.assign(new Error(text), { code: response.status });
  }
}
