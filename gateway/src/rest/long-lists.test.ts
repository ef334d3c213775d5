import { MeshError, type MethodDefinition } from "@mesh/contracts";
import { CatalogService } from "@mesh/contracts/testing/catalog/v1";
import { descriptorSet } from "@mesh/contracts/testing/descriptors";
import { OrderService } from "@mesh/contracts/testing/orders/v1";
import { describe, expect, it } from "vitest";
import { openKinds } from "../../fixtures/kinds.ts";
import { idOf, orderRequest } from "../../fixtures/services.ts";
import { checkRules } from "./check-rules.ts";
import { readDescriptors } from "./descriptors.ts";
import { requestReader } from "./read-request.ts";
import type { Route } from "./routes.ts";

const registry = readDescriptors(descriptorSet);
const [http] = OrderService.methods.placeOrder?.http ?? [];

/** Reads a request with a body for the whole message, and returns its error. */
function errorOf(method: MethodDefinition | undefined, request: object): MeshError {
  // The reader needs no more of a route.
  const route = { http, method } as unknown as Route;
  const body = JSON.stringify(request);
  const parts = { match: { route, segments: [] }, query: "", body, idempotencyKey: undefined };
  try {
    checkRules(route.method, requestReader(route, registry, false)(parts));
  } catch (error) {
    if (error instanceof MeshError) return error;
  }
  throw new Error("the request was accepted");
}

/** Returns the error of an order, which has up to 50 items. */
const rejected = (items: readonly unknown[]) => errorOf(OrderService.methods.placeOrder, { ...orderRequest(1), items });

const itemsOf = (count: number, item: unknown) => Array<unknown>(count).fill(item);

describe("a list that is longer than its rule allows", () => {
  it.each([
    ["without its fields", {}],
    ["of a wrong form", 7],
    ["with unknown fields", { colour: "red" }],
  ])("has the same errors if it has 80,000 items %s", (_, item) => {
    const [few, many] = [rejected(itemsOf(60, item)), rejected(itemsOf(80_000, item))];
    expect(many.violations).toHaveLength(20);
    expect([many.message, many.violations]).toEqual([few.message, few.violations]);
  });

  it("is not read any further", () => {
    const [item] = orderRequest(1).items;
    const last = rejected([...itemsOf(80_000, item), "no item"]);
    expect(last.violations[0]).toMatchObject({ field: "items", rule: "repeated.max_items" });
    expect(last.violations.map(({ field }) => field)).not.toContain("items[80000]");
  });

  it("is read to its end if the rule allows as many as it has", () => {
    const price = { minorUnits: "5", currency: "EUR" };
    const product = { id: idOf(1), name: "Lamp", category: "CATEGORY_HOME", price, description: "x".repeat(200) };
    const products = itemsOf(180, product).map((one, at) => (at % 150 === 0 ? { ...product, name: "" } : one));
    const { violations } = errorOf(CatalogService.methods.importProducts, { products });
    const named = violations.filter(({ field }) => field.endsWith(".name"));
    expect(named.map(({ field }) => field)).toEqual(["products[0].name", "products[150].name"]);
  });

  it("is read to its end if the body is short", () => {
    const [item] = orderRequest(1).items;
    expect(rejected([...itemsOf(60, item), "no item"]).violations).toMatchObject([{ field: "items[60]" }]);
  });
});

it("a list without such a rule is read to its end", async () => {
  const { read, refusal, routeOf } = await openKinds();
  const [whole, many] = [routeOf({ body: "*" }), itemsOf(40_000, "5")];
  expect(read({ route: whole, body: { many } })).toEqual({ many });
  expect(refusal({ route: whole, body: { many: [...many, "x"] } })).toHaveProperty(["many[40000]"]);
});
