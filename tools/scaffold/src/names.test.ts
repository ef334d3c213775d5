import { describe, expect, it } from "vitest";
import {
  camelCase,
  snakeCase,
  wrongAudience,
  wrongFieldName,
  wrongMetadata,
  wrongReason,
  wrongServiceName,
  wrongTypeName,
} from "./names.ts";

describe("names", () => {
  it.each(["greeter", "orders2", "a"])("accept %s as a service name", (name) => {
    expect(wrongServiceName(name)).toBeUndefined();
  });

  it.each(["", "Greeter", "order-history", "2fast", "delete", "gateway", "mesh", "http", "../x", "a.b"])(
    "reject %j as a service name",
    (name) => expect(wrongServiceName(name)).toContain(`"${name}"`),
  );

  it.each([
    [wrongTypeName, "PlaceOrder", "placeOrder"],
    [wrongTypeName, "GetURL", "Place_Order"],
    [wrongReason, "OUT_OF_STOCK", "OutOfStock"],
    [wrongFieldName, "order_id", "orderId"],
    [wrongMetadata, "order_id", "orderId"],
    [wrongMetadata, "quantity:int32", "quantity:number"],
    [wrongAudience, "orders:read stock:read", "everybody"],
    [wrongAudience, "anyone", 'a:b", errors: "X'],
  ])("accept a valid value, and explain the fix of an invalid one (%#)", (wrong, good, bad) => {
    expect(wrong(good)).toBeUndefined();
    expect(wrong(bad)).toMatch(/: use /);
  });

  it("convert between cases", () => {
    expect(["OrderPlaced", "GetURLOf"].map(snakeCase)).toEqual(["order_placed", "get_url_of"]);
    expect(["order_id", "OUT_OF_STOCK"].map(camelCase)).toEqual(["orderId", "outOfStock"]);
  });
});
