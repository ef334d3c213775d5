// Unary calls at a rate, whether or not earlier ones have ended.
import { createHistogram } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { Failures } from "./failures.mjs";

/** The queries, in turn: five are direct, and four by the gateway. */
const queries = [
  ["catalog, direct", ({ catalog, productId }) => catalog.getProduct({ id: productId })],
  ["catalog, gateway", (mesh) => mesh.get(`/v1/products:batchGet?ids=${mesh.productId}`)],
  ["inventory, direct", ({ inventory, productId }) => inventory.getStock({ productId })],
  ["orders, gateway", (mesh) => mesh.get(`/v1/orders/${mesh.orderId}`, 0)],
  ["catalog, direct", ({ catalog, productId }) => catalog.batchGetProducts({ ids: [productId] })],
  ["inventory, gateway", (mesh) => mesh.get(`/v1/stockLevels/${mesh.productId}`)],
  ["catalog, direct", ({ catalog, productId }) => catalog.getProduct({ id: productId })],
  ["inventory, direct", ({ inventory, productId }) => inventory.getStock({ productId })],
  ["catalog, gateway", (mesh) => mesh.get(`/v1/products:batchGet?ids=${mesh.productId}`)],
];

/** Causes calls between services, and events. */
const order = ["place an order", (mesh) => mesh.placeOrder({ customer: mesh.nextCustomer() })];

const tickMs = 2;

export class Calls {
  #mesh;
  #rate;
  /** The part of the calls that place an order. */
  #orders;
  #startedAt = performance.now();
  #cpu = process.cpuUsage();
  #open = new Set();
  #made = 0;
  #failed = 0;
  #failures = new Failures();
  #times = createHistogram();
  #isEnding = false;
  #loop;

  constructor(mesh, { rate, orders }) {
    this.#mesh = mesh;
    this.#rate = rate;
    this.#orders = orders;
    this.#loop = this.#run();
  }

  /** Begins no more calls, and waits for the open ones. */
  async end() {
    this.#isEnding = true;
    await this.#loop;
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    await Promise.all(this.#open);
    const { user, system } = process.cpuUsage(this.#cpu);
    const [p50, p99] = [50, 99].map((percent) => this.#times.percentile(percent) / 1e6);
    return {
      seconds,
      made: this.#made,
      failed: this.#failed,
      failures: this.#failures.result(),
      p50,
      p99,
      max: this.#times.max / 1e6,
      cpuMs: (user + system) / 1_000,
    };
  }

  async #run() {
    while (!this.#isEnding) {
      const dueCalls = ((performance.now() - this.#startedAt) / 1_000) * this.#rate;
      for (; this.#made < dueCalls; this.#made++) {
        const call = this.#call(this.#kindOf(this.#made), this.#startedAt + (this.#made / this.#rate) * 1_000);
        this.#open.add(call);
        call.finally(() => this.#open.delete(call));
      }
      await pause(tickMs);
    }
  }

  #kindOf(number) {
    const isOrder = Math.floor((number + 1) * this.#orders) > Math.floor(number * this.#orders);
    return isOrder ? order : queries[number % queries.length];
  }

  /** Measures from the time when the call is due, so that a late driver can't hide a wait. */
  async #call([kind, call], dueAt) {
    try {
      await call(this.#mesh);
    } catch (error) {
      this.#failed += 1;
      this.#failures.add(kind, error);
    }
    this.#times.record(Math.max(1, Math.round((performance.now() - dueAt) * 1e6)));
  }
}
