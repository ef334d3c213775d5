import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { OrderSchema, PlaceOrderRequest, PlaceOrderRequestInput } from "@mesh/contracts/testing/orders/v1";
import { type Order, OrderStepSchema, PlaceOrderRequestSchema } from "@mesh/contracts/testing/orders/v1";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import { describe, expect, expectTypeOf, test } from "vitest";
import * as z from "zod";
import { array } from "./array.ts";
import { keyed, record } from "./map.ts";
import { minLen } from "./rules/string.ts";
import { int64 } from "./scalars.ts";

const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
const order = {
  idempotencyKey: id,
  items: [{ productId: id, quantity: 1 }],
  paymentToken: "tok_ok",
  email: "ada@example.com",
  name: "Ada",
  address: "Street 1",
};

/** Validates a value as a library does that knows only Standard Schema; our schemas are never asynchronous. */
function validate(schema: StandardSchemaV1, value: unknown) {
  const result = schema["~standard"].validate(value);
  if (result instanceof Promise) throw new Error("it must not be asynchronous");
  return result;
}

test("every generated schema is a Standard Schema that validates synchronously", async () => {
  const folder = join(import.meta.dirname, "../../gen");
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".zod.js"));
  const modules: Record<string, Record<string, z.ZodType>> = {};
  for (const file of files) modules[file] = await import(join(folder, file));
  const schemas = Object.values(modules).flatMap((module) => Object.entries(module));
  expect(schemas.length).toBeGreaterThan(50);
  for (const [name, schema] of schemas) {
    expect({ name, ...schema["~standard"] }).toMatchObject({ name, version: 1, vendor: "zod" });
    expect(validate(schema, 1)).toEqual({ issues: [expect.objectContaining({ message: "must be an object" })] });
  }
});

describe("validate", () => {
  test("returns the value with the fields of the contract", () => {
    expect(validate(PlaceOrderRequestSchema, { ...order, more: 1 })).toEqual({ value: order });
  });

  test("returns the path of each issue in lists and oneofs", () => {
    const wrong = validate(PlaceOrderRequestSchema, { ...order, items: [...order.items, { productId: id }], name: "" });
    expect(pathsOf(wrong)).toEqual([["items", 1, "quantity"], ["name"]]);
    const step = { number: 1, at: new Date(0), event: { $case: "confirmed", value: { paymentId: "x" } } };
    expect(pathsOf(validate(OrderStepSchema, step))).toEqual([["event", "value", "paymentId"]]);
  });

  test("returns the path of each issue in maps, by their keys", () => {
    const texts = z.string().check(minLen(1));
    expect(pathsOf(validate(record(String, texts, array(texts)), { a: ["b", ""], __proto__: null }))).toEqual([
      ["a", 1],
    ]);
    expect(pathsOf(validate(keyed(int64(), texts), new Map([[5n, ""]])))).toEqual([["5"]]);
  });
});

test("types are inferred as by zod", () => {
  type Request = typeof PlaceOrderRequestSchema;
  expectTypeOf<StandardSchemaV1.InferInput<Request>>().toEqualTypeOf<PlaceOrderRequestInput>();
  expectTypeOf<StandardSchemaV1.InferOutput<Request>>().toEqualTypeOf<PlaceOrderRequest>();
  expectTypeOf<StandardSchemaV1.InferOutput<typeof OrderSchema>>().toEqualTypeOf<Order>();
});

function pathsOf(result: {
  readonly issues?: readonly { readonly path?: readonly unknown[] | undefined }[] | undefined;
}) {
  return result.issues?.map(({ path }) => path);
}
