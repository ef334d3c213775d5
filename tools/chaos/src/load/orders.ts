import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../random.ts";
import { OwnDelay } from "./own-delay.ts";

/** A request and what came of it. Times are of `performance.now()`. */
export interface Attempt {
  readonly startedAt: number;
  readonly endedAt: number;
  /** The status of the response; undefined: there was none. */
  readonly status: number | undefined;
  /** The index of the gateway. */
  readonly gateway: number;
}

/** An order that the shop has accepted. */
export interface Accepted {
  readonly id: string;
  readonly at: number;
}

export interface LoadOptions {
  readonly gateways: readonly string[];
  readonly products: readonly string[];
  readonly orders: number;
  /** The orders that begin each second. */
  readonly rate: number;
  readonly random: Random;
}

/** The deadline that the gateway gives a mutation, in milliseconds: PlaceOrder has none of its own. */
export const deadlineMs = 10_000;

/** The longest wait for a response: one that comes later than the deadline is noticed. */
const patienceMs = 15_000;

/** How long an order is placed again until it is accepted, in milliseconds. */
const acceptWithinMs = 90_000;

/**
 * Orders at a steady rate. A customer places an order that failed again, with the same key, until it is accepted; every fifth customer
 * gives up.
 */
export class OrderLoad {
  readonly attempts: Attempt[] = [];
  readonly accepted: Accepted[] = [];
  readonly ownDelay = new OwnDelay();
  readonly #options: LoadOptions;
  readonly #customers: readonly Customer[];

  constructor(options: LoadOptions) {
    this.#options = options;
    this.#customers = Array.from({ length: 20 }, () => new Customer());
  }

  /** Places orders that don't count, so that the processes compile their code. */
  async warmUp(count: number): Promise<void> {
    for (let number = 0; number < count; number++) await this.#place(this.#newOrder(), number);
    this.attempts.length = 0;
  }

  /** Resolves when all orders are accepted or lost. */
  async run(): Promise<void> {
    const { orders, rate } = this.#options;
    const beganAt = performance.now();
    const placing: Promise<void>[] = [];
    while (placing.length < orders) {
      const due = Math.min(orders, ((performance.now() - beganAt) / 1_000) * rate);
      while (placing.length < due) placing.push(this.#place(this.#newOrder(), placing.length));
      await pause(5);
    }
    await Promise.all(placing);
    this.ownDelay[Symbol.dispose]();
  }

  #newOrder(): string {
    const { random, products } = this.#options;
    const token = random.next();
    return JSON.stringify({
      idempotencyKey: randomUUID(),
      items: [{ productId: random.pick(products), quantity: random.between(1, 3) }],
      paymentToken: token < 0.85 ? "tok_ok" : token < 0.95 ? "tok_declined" : "tok_slow",
      email: "ada@example.com",
      name: "Ada Lovelace",
      address: "12 St James's Square, London",
    });
  }

  async #place(body: string, number: number): Promise<void> {
    const customer = this.#customers[number % this.#customers.length] as Customer; // There are 20.
    // Every fifth customer does not try again.
    const endsAt = performance.now() + (number % 5 === 4 ? 0 : acceptWithinMs);
    for (let attempt = 0; attempt === 0 || performance.now() < endsAt; attempt++) {
      const gateway = (number + attempt) % this.#options.gateways.length;
      const response = await this.#attempt(customer, gateway, body);
      if (response?.ok) {
        // A response of ours.
        const { id } = (await response.json()) as { id: string };
        this.accepted.push({ id, at: performance.now() });
        return;
      }
      await response?.body?.cancel();
      await pause(Math.min(4_000, 250 * 2 ** attempt));
    }
  }

  async #attempt(customer: Customer, gateway: number, body: string): Promise<Response | undefined> {
    const startedAt = performance.now();
    const url = `${this.#options.gateways[gateway]}/v1/orders`;
    const response = await customer.post(url, body).catch(() => undefined);
    this.attempts.push({ startedAt, endedAt: performance.now(), status: response?.status, gateway });
    return response;
  }
}

/** Keeps the cookie, as a browser does. */
class Customer {
  #cookie = "";

  async post(url: string, body: string): Promise<Response> {
    const headers = { "content-type": "application/json", cookie: this.#cookie };
    const response = await fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(patienceMs) });
    const [set] = response.headers.getSetCookie();
    // Two requests may get a cookie each, so only the first one counts.
    if (set && !this.#cookie) this.#cookie = set.split(";", 1)[0] ?? "";
    return response;
  }
}
