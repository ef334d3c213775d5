import { describe, expect, it } from "vitest";
import {
  camelCase,
  snakeCase,
  wrongAudience,
  wrongFieldName,
  wrongReason,
  wrongServiceName,
  wrongTypeName,
} from "./names.ts";

describe("names", () => {
  it.each(["greeter", "orders2", "a"])("take %s for a service", (name) => {
    expect(wrongServiceName(name)).toBeUndefined();
  });

  it.each(["", "Greeter", "order-history", "2fast", "delete", "gateway", "mesh", "http", "../x", "a.b"])(
    "refuse %j for a service",
    (name) => expect(wrongServiceName(name)).toContain(`"${name}"`),
  );

  it.each([
    [wrongTypeName, "PlaceOrder", "placeOrder"],
    [wrongTypeName, "GetURL", "Place_Order"],
    [wrongReason, "OUT_OF_STOCK", "OutOfStock"],
    [wrongFieldName, "order_id", "orderId"],
    [wrongAudience, "orders:read stock:read", "everybody"],
    [wrongAudience, "anyone", 'a:b", errors: "X'],
  ])("say which of two is wrong, and how to mend it (%#)", (wrong, good, bad) => {
    expect(wrong(good)).toBeUndefined();
    expect(wrong(bad)).toMatch(/: write /);
  });

  it("change their case", () => {
    expect(["OrderPlaced", "GetURLOf"].map(snakeCase)).toEqual(["order_placed", "get_url_of"]);
    expect(["order_id", "OUT_OF_STOCK"].map(camelCase)).toEqual(["orderId", "outOfStock"]);
  });
});
