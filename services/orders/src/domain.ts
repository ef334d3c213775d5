import { createHash } from "node:crypto";
import { invalidArgument } from "@mesh/contracts";
import type { Product } from "@mesh/contracts/catalog/v1";
import { OrderError, type OrderItem, type OrderLine, type PlaceOrderRequest } from "@mesh/contracts/orders/v1";
import { canonical, stableUuid } from "@mesh/service";

const maxInt64 = 2n ** 63n - 1n;

/** The price of an order. All its lines are in the same currency. */
export interface Priced {
  readonly lines: OrderLine[];
  readonly currency: string;
  readonly totalMinorUnits: bigint;
}

/** Returns a request with canonical ids. @throws MeshError INVALID_ARGUMENT for errors beyond the contract's rules */
export function checkedRequest(request: PlaceOrderRequest): PlaceOrderRequest {
  const idempotencyKey = canonical(request.idempotencyKey);
  const items = request.items.map((item) => ({ ...item, productId: canonical(item.productId) }));
  checkItems(items);
  for (const field of ["email", "name", "address"] as const) {
    // PostgreSQL would reject it too, but only after the stock is reserved.
    if (request[field].includes("\0")) throw invalidArgument(field, "contains U+0000, which can't be stored");
  }
  return { ...request, idempotencyKey, items };
}

/** Rejects an order that lists a product twice. */
function checkItems(items: readonly OrderItem[]): void {
  const seen = new Set<string>();
  for (const [position, { productId }] of items.entries()) {
    if (seen.has(productId)) throw invalidArgument(`items[${position}].product_id`, "is in the order twice");
    seen.add(productId);
  }
}

/**
 * Computes the price of the requested items.
 *
 * @throws OrderError.productUnknown, OrderError.mixedCurrencies
 * @throws MeshError INVALID_ARGUMENT if the sum exceeds an int64
 */
export function priceOf(items: readonly OrderItem[], products: readonly Product[]): Priced {
  const byId = new Map(products.map((product) => [product.id, product]));
  const lines = items.map(({ productId, quantity }) => {
    const product = byId.get(productId);
    if (!product?.price) throw OrderError.productUnknown({ productId });
    return { productId, quantity, name: product.name, unitPrice: product.price };
  });
  const currency = lines[0]?.unitPrice.currency ?? "";
  if (lines.some((line) => line.unitPrice.currency !== currency)) throw OrderError.mixedCurrencies();
  const totalMinorUnits = lines.reduce((sum, line) => sum + line.unitPrice.minorUnits * BigInt(line.quantity), 0n);
  if (totalMinorUnits > maxInt64) throw invalidArgument("items", "cost more than an order may");
  return { lines, currency, totalMinorUnits };
}

/**
 * Returns the id of the order that a customer places with an idempotency key. Every attempt gets the same id, so that a
 * retry continues with the reservation of an interrupted attempt.
 */
export function orderIdOf(customerId: string, idempotencyKey: string): string {
  return stableUuid(`${customerId}/${idempotencyKey}`);
}

/** Returns a hash that differs for different requests with the same idempotency key. */
export function requestHashOf({ items, paymentToken, email, name, address }: PlaceOrderRequest): string {
  const sorted = items.map(({ productId, quantity }) => [productId, quantity]).sort();
  return createHash("sha256")
    .update(JSON.stringify([sorted, paymentToken, email, name, address]))
    .digest("hex");
}
