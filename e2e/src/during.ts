import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type ClientOf, MeshError } from "@mesh/contracts";
import { type CatalogServiceTypes, Category, type ImportProductsRequestInput } from "@mesh/contracts/catalog/v1";
import { createShopper, orderOf } from "./shopper.ts";

/** Counts what is made again, by its code. */
export class Retries {
  readonly #counts = new Map<string, number>();

  add(code: string): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  /** Returns `RESOURCE_EXHAUSTED: 3, GATEWAY_TIMEOUT: 1`. */
  toString(): string {
    return [...this.#counts].map(([code, count]) => `${code}: ${count}`).join(", ") || "none";
  }
}

const overload: ReadonlySet<string> = new Set(["DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED"]);

/** Makes a call again that was rejected or late because the machine is busy, at most 20 times, and not one that found no service. */
export async function unlessBusy<T>(call: () => Promise<T>, retries: Retries): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt === 20 || !(error instanceof MeshError) || !overload.has(error.code)) throw error;
      retries.add(error.code);
      await sleep(error.retryAfterMs ?? 200);
    }
  }
}

/** Begins calls in turn, at a rate, until the work is done. Returns how many, and the errors of those that failed. */
export async function callDuring(
  work: Promise<unknown>,
  calls: readonly (() => Promise<unknown>)[],
  callsPerSecond: number,
) {
  let isDone = false;
  const failures: unknown[] = [];
  const made: Promise<unknown>[] = [];
  const beganAt = performance.now();
  const calling = (async () => {
    while (!isDone) {
      const due = ((performance.now() - beganAt) / 1_000) * callsPerSecond;
      while (made.length < due) {
        const call = calls[made.length % calls.length]?.();
        made.push(Promise.resolve(call).catch((error: unknown) => failures.push(error)));
      }
      await sleep(5);
    }
  })();
  await work.finally(() => {
    isDone = true;
  });
  await calling;
  await Promise.all(made);
  return { made: made.length, failures };
}

/**
 * Makes each kind of call one after the other until the work is done, so that a slow machine gets fewer. Returns how many, and the errors of
 * those that failed.
 */
export async function callInTurnDuring(work: Promise<unknown>, calls: readonly (() => Promise<unknown>)[]) {
  let isDone = false;
  let made = 0;
  const failures: unknown[] = [];
  const ending = work.finally(() => {
    isDone = true;
  });
  const loops = calls.map(async (call) => {
    for (; !isDone; made++) await call().catch((error: unknown) => failures.push(error));
  });
  await Promise.all([ending, ...loops]);
  return { made, failures };
}

const partsOfImport = 5;

/**
 * Imports products, as streams of a second one after another, until the work is done or an import fails otherwise than by a busy
 * machine. Returns the ids of the products, and the errors.
 */
export async function importDuring(
  work: Promise<unknown>,
  catalog: ClientOf<CatalogServiceTypes>,
  retries: Retries,
): Promise<{ imported: string[]; failures: unknown[] }> {
  let isDone = false;
  const ending = work.finally(() => {
    isDone = true;
  });
  const imported: string[] = [];
  const failures: unknown[] = [];
  while (!isDone) {
    const ids = Array.from({ length: partsOfImport }, () => randomUUID());
    try {
      const { created, unchanged } = await unlessBusy(() => catalog.importProducts(partsOf(ids)), retries);
      // An import that was too late to be answered may have been stored.
      if (created + unchanged === ids.length) imported.push(...ids);
      else failures.push(new Error(`${created} products of ${ids.length} were created`));
    } catch (error) {
      failures.push(error);
      // A client that was closed rejects all further ones.
      break;
    }
  }
  await ending;
  return { imported, failures };
}

async function* partsOf(ids: readonly string[]): AsyncIterable<ImportProductsRequestInput> {
  const price = { minorUnits: 1_000n, currency: "EUR" };
  for (const id of ids) {
    await sleep(200);
    yield { products: [{ id, name: "Imported", category: Category.CATEGORY_BOOKS, price }] };
  }
}

/** An open stream of the steps of an order. */
export interface Watched {
  /** The numbers of all steps that came, in this order. */
  readonly steps: readonly number[];
  /** What ended or interrupted the stream. */
  readonly failures: readonly unknown[];
}

/** A customer with an order that is paid three seconds later, who watches it until the process ends. Counts `retries` of placing it. */
export async function watchSlowOrder(gatewayUrl: string, productId: string, retries: Retries) {
  const shopper = createShopper(gatewayUrl, { onRetry: (code) => retries.add(code) });
  const items = [{ productId, quantity: 1 }];
  const { order } = await shopper.orders.placeOrder.mutate(orderOf(items, { paymentToken: "tok_slow" }));
  const steps: number[] = [];
  const failures: unknown[] = [];
  const subscription = shopper.orders.watchOrder.subscribe(
    { id: order?.id ?? "" },
    {
      onData: ({ data: { step } }) => void steps.push(step?.number ?? 0),
      onError: (error) => void failures.push(error),
      onComplete: () => void failures.push("the stream ended"),
      onConnectionStateChange({ error }) {
        if (error) failures.push(error);
      },
    },
  );
  return { id: order?.id ?? "", steps, failures, end: () => subscription.unsubscribe() };
}
