import { describe, expect, it } from "vitest";
import { failed } from "../mesh/failed.ts";
import { isConflict, refusalOf } from "./refusal.ts";

const items = [
  { productId: "a", quantity: 1 },
  { productId: "b", quantity: 7 },
];

const refused = (known: Parameters<typeof failed>[1]) => failed(412, known);

const violation = (field: string, description: string) => ({ field, description, rule: "x" });

describe("refusalOf", () => {
  it("puts violations at the fields of the form", () => {
    const violations = [violation("payment_token", "must match"), violation("email", "must be an email address")];
    const { fields, sentence } = refusalOf(refused({ violations }), items);
    expect([...fields]).toEqual([
      ["email", "must be an email address"],
      ["paymentToken", "must match"],
    ]);
    expect(sentence).toBeUndefined();
  });

  it("puts violations at the items they are about", () => {
    const violations = [violation("items[1].quantity", "must be at most 1000")];
    expect([...refusalOf(refused({ violations }), items).items]).toEqual([["b", "The quantity must be at most 1000."]]);
  });

  it("puts a shortage at the item, with what is left", () => {
    const metadata = { productId: "b", requested: "7", available: "3" };
    const { items: atItems, sentence } = refusalOf(refused({ reason: "OUT_OF_STOCK", metadata }), items);
    expect([...atItems]).toEqual([["b", "Only 3 pieces left."]]);
    expect(sentence).toBeUndefined();
  });

  it("puts an unknown product at its item", () => {
    const { items: atItems } = refusalOf(refused({ reason: "PRODUCT_UNKNOWN", metadata: { productId: "a" } }), items);
    expect([...atItems.keys()]).toEqual(["a"]);
  });

  it("says in one sentence what belongs nowhere", () => {
    expect(refusalOf(refused({ reason: "MIXED_CURRENCIES" }), items).sentence).toContain("more than one currency");
    expect(refusalOf(refused({ reason: "SOMETHING_NEW" }), items).sentence).toBe(
      "The order was refused: no such order.",
    );
    const away = refusalOf(refused({ httpStatus: 503, path: "orders.placeOrder" }), items);
    expect(away.sentence).toContain("Orders is not reachable");
  });
});

it("tells a conflict of keys from other refusals", () => {
  expect(isConflict(refused({ reason: "IDEMPOTENCY_CONFLICT" }))).toBe(true);
  expect(isConflict(refused({ reason: "OUT_OF_STOCK" }))).toBe(false);
});
