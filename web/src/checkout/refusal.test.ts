import type { FieldViolation } from "@mesh/contracts";
import type { OrderErrorInfo } from "@mesh/contracts/orders/v1";
import { describe, expect, it } from "vitest";
import { failed } from "../mesh/failed.ts";
import { isConflict, type OrderCallError, refusalOf } from "./refusal.ts";

const items = [
  { productId: "a", quantity: 1 },
  { productId: "b", quantity: 7 },
];

const domain = "orders.v1.OrderError";

const invalid = (...violations: FieldViolation[]) => failed<OrderErrorInfo>(400, { violations });
const refused = (info: OrderErrorInfo) => failed(412, {}, info);

const violation = (field: string, description: string) => ({ field, description, rule: "x" });

describe("refusalOf", () => {
  it("assigns violations to the fields of the form", () => {
    const broken = [violation("payment_token", "must match"), violation("email", "must be an email address")];
    const { fields, sentence } = refusalOf(invalid(...broken), items);
    expect([...fields]).toEqual([
      ["email", "must be an email address"],
      ["paymentToken", "must match"],
    ]);
    expect(sentence).toBeUndefined();
  });

  it("assigns violations to the items", () => {
    const broken = violation("items[1].quantity", "must be at most 1000");
    expect([...refusalOf(invalid(broken), items).items]).toEqual([["b", "The quantity must be at most 1000."]]);
  });

  it("assigns a shortage to the item, with the remaining stock", () => {
    const metadata = { productId: "b", requested: 7, available: 3n };
    const { items: atItems, sentence } = refusalOf(refused({ reason: "OUT_OF_STOCK", domain, metadata }), items);
    expect([...atItems]).toEqual([["b", "Only 3 left."]]);
    expect(sentence).toBeUndefined();
  });

  it("assigns an unknown product to its item", () => {
    const unknown = refused({ reason: "PRODUCT_UNKNOWN", domain, metadata: { productId: "a" } });
    const { items: atItems } = refusalOf(unknown, items);
    expect([...atItems.keys()]).toEqual(["a"]);
  });

  it("describes other errors in one sentence", () => {
    const mixed = refused({ reason: "MIXED_CURRENCIES", domain, metadata: {} });
    expect(refusalOf(mixed, items).sentence).toContain("different currencies");
    const away = failed<OrderErrorInfo>(503, { path: "orders.placeOrder" });
    expect(refusalOf(away, items).sentence).toContain("Orders is unavailable");
    const limited = failed<OrderErrorInfo>(429, { path: "orders.placeOrder", retryAfterMs: 12_000 });
    expect(refusalOf(limited, items).sentence).toContain("Please wait 12 seconds");
  });

  it("describes a reason that only a newer gateway knows", () => {
    const later = failed(412, {}, { reason: "SOMETHING_NEW", domain, metadata: {} }) as OrderCallError;
    expect(refusalOf(later, items).sentence).toBe("Your order was not placed: no such order.");
  });
});

it("distinguishes a conflict of keys from other errors", () => {
  expect(isConflict(refused({ reason: "IDEMPOTENCY_CONFLICT", domain, metadata: {} }))).toBe(true);
  expect(isConflict(refused({ reason: "MIXED_CURRENCIES", domain, metadata: {} }))).toBe(false);
});
