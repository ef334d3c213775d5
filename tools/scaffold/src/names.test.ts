import { describe, expect, it } from "vitest";
import {
  camelCase,
  plural,
  singular,
  snakeCase,
  wrongAudience,
  wrongFieldName,
  wrongMetadata,
  wrongReason,
  wrongResource,
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
    [wrongResource, "OrderNote", "order_note"],
    [wrongFieldName, "order_id", "orderId"],
    [wrongMetadata, "order_id", "orderId"],
    [wrongMetadata, "quantity:int32", "quantity:number"],
    [wrongAudience, "orders:read stock:read", "everybody"],
    [wrongAudience, "anyone", 'a:b", errors: "X'],
  ])("accept a valid value, and explain the fix of an invalid one (%#)", (wrong, good, bad) => {
    expect(wrong(good)).toBeUndefined();
    expect(wrong(bad)).toMatch(/: use /);
  });

  it.each([
    ["reviews", "review", "reviews"],
    ["categories", "category", "categories"],
    ["addresses", "address", "addresses"],
    ["boxes", "box", "boxes"],
    ["keys", "key", "keys"],
    ["status", "status", "statuses"],
    ["greeter", "greeter", "greeters"],
    ["statuses", "status", "statuses"],
    ["houses", "house", "houses"],
    ["courses", "course", "courses"],
    ["sizes", "size", "sizes"],
    ["caches", "cache", "caches"],
    ["movies", "movie", "movies"],
    ["excuses", "excuse", "excuses"],
    ["fuses", "fuse", "fuses"],
    ["niches", "niche", "niches"],
    ["series", "series", "series"],
    ["news", "news", "news"],
    ["people", "person", "people"],
    ["analysis", "analysis", "analyses"],
    ["canvas", "canvas", "canvases"],
    ["OrderLines", "OrderLine", "OrderLines"],
    ["SalesPeople", "SalesPerson", "SalesPeople"],
  ])("convert %s to the singular and back to a plural", (name, one, many) => {
    expect(singular(name)).toBe(one);
    expect(plural(one)).toBe(many);
  });

  it("are no resource if TypeScript declares them", () => {
    expect(wrongResource("Date")).toContain('"Date" has another meaning in TypeScript');
  });

  it("convert between cases", () => {
    expect(["OrderPlaced", "GetURLOf"].map(snakeCase)).toEqual(["order_placed", "get_url_of"]);
    expect(["order_id", "OUT_OF_STOCK"].map(camelCase)).toEqual(["orderId", "outOfStock"]);
  });
});
