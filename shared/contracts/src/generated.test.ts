import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import {
  CatalogError,
  CatalogService,
  CreateProductRequestSchema,
  ListProductsRequestSchema,
} from "@mesh/contracts/testing/catalog/v1";
import { descriptorSet } from "@mesh/contracts/testing/descriptors";
import { InventoryService } from "@mesh/contracts/testing/inventory/v1";
import { OrderError, OrderPlaced, OrderService, OrderStatus, OrderStepSchema } from "@mesh/contracts/testing/orders/v1";
import { describe, expect, test } from "vitest";
import { asDeclared, defineErrors, MeshError } from "./error.ts";
import { violations } from "./schema/violations.ts";

const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";

describe("a service", () => {
  test("has what its contract says about each method", () => {
    const { placeOrder, watchOrder, getOrder } = OrderService.methods;
    expect(OrderService.typeName).toBe("orders.v1.OrderService");
    expect(placeOrder).toMatchObject({
      name: "PlaceOrder",
      path: "/orders.v1.OrderService/PlaceOrder",
      kind: "unary",
      idempotency: "idempotent",
      deadlineMs: undefined,
      gateway: { scopes: ["orders:write"] },
      errors: OrderError,
    });
    expect(placeOrder?.http).toMatchObject([{ method: "POST", path: "/v1/orders", idempotencyKey: "idempotency_key" }]);
    expect(placeOrder?.input.typeName).toBe("orders.v1.PlaceOrderRequest");
    expect(getOrder?.idempotency).toBe("no_side_effects");
    expect(watchOrder?.kind).toBe("server_streaming");
  });

  test("streams in both directions, is exposed only if its contract says so, and can have a deadline", () => {
    const { importProducts, createProduct } = CatalogService.methods;
    expect(importProducts).toMatchObject({ kind: "client_streaming", deadlineMs: 60_000, gateway: undefined });
    expect(createProduct?.gateway).toBeUndefined();
    expect(InventoryService.methods.countStock).toMatchObject({ kind: "bidi_streaming", errors: undefined });
  });
});

describe("an event", () => {
  const event = {
    orderId: id,
    customerId: id,
    total: { minorUnits: 2n ** 63n - 1n, currency: "EUR" },
    paymentToken: "tok_ok",
    placedAt: new Date(-1),
  };

  test("has its subject, its stream and its key", () => {
    expect(OrderPlaced).toMatchObject({
      typeName: "orders.v1.OrderPlaced",
      subject: "orders.v1.order_placed",
      stream: "orders_v1",
    });
    expect(OrderPlaced.key(event)).toBe(id);
  });

  test("is the same after encoding and decoding", () => {
    const checked = OrderPlaced.schema.parse(event);
    expect(OrderPlaced.decode(OrderPlaced.encode(checked))).toEqual(event);
  });
});

describe("an error", () => {
  test("carries its reason, its code and its metadata, with the types of the contract", () => {
    const error = OrderError.outOfStock({ productId: id, requested: 3, available: 2n });
    expect(error).toBeInstanceOf(MeshError);
    expect(error).toMatchObject({
      code: "FAILED_PRECONDITION",
      reason: "OUT_OF_STOCK",
      domain: "orders.v1.OrderError",
      message: "The stock of a product is too low.",
      metadata: { productId: id, requested: 3, available: 2n },
    });
    expect(OrderError.mixedCurrencies().metadata).toEqual({});
  });

  test("can have its own message, the violations in the input, and a time to wait before a retry", () => {
    const violations = [{ field: "items[0].quantity", description: "must be at most 2", rule: "" }];
    const extras = { message: "only two", violations, retryAfterMs: 1_500, cause: new Error("x") };
    const error = OrderError.outOfStock({ productId: id, requested: 3, available: 2n }, extras);
    expect(error).toMatchObject({ ...extras, code: "FAILED_PRECONDITION", reason: "OUT_OF_STOCK" });
  });

  test("of another version of the contract has the metadata of this one", () => {
    const said = { code: "FAILED_PRECONDITION", message: "m", domain: "orders.v1.OrderError" } as const;
    const metadata = { productId: id, later: "x" };
    const error = new MeshError({ ...said, reason: "OUT_OF_STOCK", metadata, retryAfterMs: 1 });
    expect(asDeclared(error, OrderError)).toMatchObject({
      ...said,
      metadata: { productId: id, requested: 0, available: 0n },
      retryAfterMs: 1,
    });
    expect(asDeclared(error, OrderError)?.metadata).not.toHaveProperty("later");
    const others = [
      asDeclared(error, CatalogError),
      asDeclared(new MeshError({ ...said, reason: "LATER" }), OrderError),
    ];
    expect([...others, asDeclared(error, undefined)]).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    ["3", "2", 3, 2n],
    ["-3", "-9223372036854775808", -3, -(2n ** 63n)],
    ["1e3", "9223372036854775807", 1000, 2n ** 63n - 1n],
    ["2147483647", "9223372036854775808", 2 ** 31 - 1, 0n],
    ["2147483648", "-9223372036854775809", 0, 0n],
    ["1.5", "-0", 0, 0n],
    ["1e400", "99999999999999999999", 0, 0n],
    ["", "", 0, 0n],
    ["0x10", "0x10", 0, 0n],
    [" 1", "1.5", 0, 0n],
    ["NaN", "many", 0, 0n],
    ["Infinity", "9".repeat(4_000), 0, 0n],
  ])("that was received as text (%j, %j) has numbers", (requested, available, number, bigint) => {
    const said = { code: "FAILED_PRECONDITION", message: "m", domain: "orders.v1.OrderError" } as const;
    const error = new MeshError({
      ...said,
      reason: "OUT_OF_STOCK",
      metadata: { productId: "7", requested, available },
    });
    const metadata = { productId: "7", requested: number, available: bigint };
    expect(asDeclared(error, OrderError)?.metadata).toEqual(metadata);
  });

  test.each([
    ["4294967295", "18446744073709551615", "1e308", 2 ** 32 - 1, 2n ** 64n - 1n, 1e308],
    ["4294967296", "18446744073709551616", "1e400", 0, 0n, 0],
    ["-1", "-1", "-Infinity", 0, 0n, -Infinity],
  ])("that was received as text (%j, %j, %j) has unsigned integers and reals", (count, total, ratio, ...expected) => {
    const [reason, code, domain] = ["FULL", "RESOURCE_EXHAUSTED", "test.v1.TestError"] as const;
    const types = { count: "uint32", total: "uint64", ratio: "double" } as const;
    const catalogue = defineErrors(domain, {
      full: { reason, code, metadata: Object.keys(types), types, description: "" },
    });
    const error = new MeshError({ code, message: "m", domain, reason, metadata: { count, total, ratio } });
    expect(Object.values(asDeclared(error, catalogue)?.metadata ?? {})).toEqual(expected);
  });

  test.each([
    ["true", true],
    ["false", false],
    ["", false],
    ["1", false],
  ])("that was received as text (%j) has booleans", (full, expected) => {
    const [reason, code, domain] = ["FULL", "RESOURCE_EXHAUSTED", "test.v1.TestError"] as const;
    const types = { full: "bool" } as const;
    const catalogue = defineErrors(domain, { full: { reason, code, metadata: ["full"], types, description: "" } });
    const error = new MeshError({ code, message: "m", domain, reason, metadata: { full } });
    expect(asDeclared(error, catalogue)?.metadata).toEqual({ full: expected });
  });

  test("is recognized only by its own catalogue", () => {
    const error = OrderError.pageTokenInvalid();
    expect([OrderError.has(error), CatalogError.has(error), OrderError.has(new Error("x"))]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("a schema", () => {
  test("fills in optional fields, and rejects a value without a required one", () => {
    expect(ListProductsRequestSchema.parse({})).toEqual({ pageSize: 0, pageToken: "", query: "", category: 0 });
    const { error } = CreateProductRequestSchema.safeParse({});
    expect(error && violations(error)).toEqual([
      { field: "name", description: "must not be empty", rule: "string.min_len" },
      { field: "category", description: "must be chosen", rule: "enum.not_in" },
      { field: "price", description: "is required", rule: "required" },
    ]);
  });

  test("accepts a oneof by its case, and names its fields as in the .proto", () => {
    const step = {
      number: 1,
      at: new Date(0),
      event: { $case: "placed", value: { total: { minorUnits: 1n, currency: "€" } } },
    };
    const { error } = OrderStepSchema.safeParse(step);
    expect(error && violations(error)).toEqual([
      { field: "placed.total.currency", description: "must match ^[A-Z]{3}$", rule: "string.pattern" },
    ]);
    expect(error?.issues[0]?.path).toEqual(["event", "value", "total", "currency"]);
    expect(OrderStepSchema.safeParse({ ...step, event: { $case: "shipped", value: {} } }).success).toBe(false);
  });

  test("leaves enums open unless the contract closes them", () => {
    expect(OrderStatus).toEqual(expect.objectContaining({ ORDER_STATUS_PENDING: 1 }));
    const { error } = ListProductsRequestSchema.safeParse({ category: 42 });
    expect(error && violations(error)).toMatchObject([{ field: "category", rule: "enum.defined_only" }]);
  });
});

test("descriptors hold all contracts and what they import", () => {
  const names = fromBinary(FileDescriptorSetSchema, base64Decode(descriptorSet)).file.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      "orders/v1/orders.proto",
      "buf/validate/validate.proto",
      "google/protobuf/timestamp.proto",
    ]),
  );
});

test("generated code needs neither Node nor grpc-js, so a browser can import it", async () => {
  const folder = join(import.meta.dirname, "../gen");
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.(js|ts)$/.test(entry.name));
  const sources = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), "utf8")));
  const imported = new Set(
    sources.flatMap((source) => [...source.matchAll(/ from ["']([^."'][^"']*)["']/g)].map(([, name]) => name)),
  );
  expect([...imported].sort()).toEqual([
    "@bufbuild/protobuf/wire",
    "@mesh/contracts",
    "@mesh/contracts/schema",
    "@mesh/contracts/schema-types",
    "@trpc/server",
    "zod",
  ]);
  expect(sources.filter((source) => /\b(Buffer|process)\./.test(source))).toEqual([]);
});
