import { codes, MeshError } from "@mesh/contracts";
import { CatalogError } from "@mesh/contracts/testing/catalog/v1";
import { OrderError } from "@mesh/contracts/testing/orders/v1";
import { getTRPCErrorFromUnknown, TRPCError } from "@trpc/server";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { errorShape } from "./error-shape.ts";
import { trpcCodes } from "./trpc-codes.ts";

/** Returns the shape of an error that a procedure which declares OrderError has thrown. */
function told(thrown: unknown) {
  return errorShape(getTRPCErrorFromUnknown(thrown), [OrderError], "orders.getOrder");
}

describe("errorShape", () => {
  it.each([
    ["CANCELLED", 499],
    ["INVALID_ARGUMENT", 400],
    ["DEADLINE_EXCEEDED", 504],
    ["NOT_FOUND", 404],
    ["ALREADY_EXISTS", 409],
    ["PERMISSION_DENIED", 403],
    ["RESOURCE_EXHAUSTED", 429],
    ["FAILED_PRECONDITION", 412],
    ["ABORTED", 409],
    ["OUT_OF_RANGE", 400],
    ["UNIMPLEMENTED", 501],
    ["UNAVAILABLE", 503],
    ["UNAUTHENTICATED", 401],
    ["UNKNOWN", 500],
    ["INTERNAL", 500],
    ["DATA_LOSS", 500],
  ] as const)("maps %s to %i", (code, httpStatus) => {
    expect(told(new MeshError({ code, message: "m" })).data).toMatchObject({ code: trpcCodes[code], httpStatus });
  });

  it("maps every code", () => {
    expect(Object.keys(trpcCodes).toSorted()).toEqual(Object.keys(codes).toSorted());
  });

  it("passes on everything of a declared error but its cause", () => {
    const violations = [{ field: "items[0].quantity", description: "too many", rule: "" }];
    const metadata = { productId: "p", requested: 3, available: 2n };
    const error = OrderError.outOfStock(metadata, { violations, retryAfterMs: 500, cause: new Error("hunter2") });
    expect(told(error)).toEqual({
      message: "The stock of a product is too low.",
      code: -32012,
      data: {
        code: "PRECONDITION_FAILED",
        httpStatus: 412,
        path: "orders.getOrder",
        reason: "OUT_OF_STOCK",
        domain: "orders.v1.OrderError",
        metadata,
        violations,
        retryAfterMs: 500,
      },
    });
  });

  it("gives a declared error the metadata that the contract names, and no other", () => {
    const said = {
      code: "NOT_FOUND",
      message: "m",
      domain: "orders.v1.OrderError",
      reason: "ORDER_NOT_FOUND",
    } as const;
    expect(told(new MeshError({ ...said, metadata: { secret: "hunter2" } })).data.metadata).toEqual({ orderId: "" });
  });

  it("keeps the code, the violations and the wait of an error without a reason, and drops untyped metadata", () => {
    const violations = [{ field: "items", description: "too many", rule: "" }];
    const error = new MeshError({ code: "ABORTED", message: "m", violations, retryAfterMs: 0, metadata: { a: "b" } });
    const { message, data } = told(error);
    expect([message, data.reason, data.metadata, data.violations, data.retryAfterMs]).toEqual([
      "m",
      "",
      {},
      violations,
      0,
    ]);
  });

  it("is always the same for one error", () => {
    const error = getTRPCErrorFromUnknown(OrderError.mixedCurrencies());
    const shape = errorShape(error, [OrderError], "orders.placeOrder");
    expect(errorShape(error, [])).toBe(shape);
    const broken = getTRPCErrorFromUnknown(new TypeError("x"));
    expect(errorShape(broken, []).data.id).toBe(errorShape(broken, []).data.id);
  });

  it("names the fields of an invalid input", () => {
    const input = z.object({ id: z.uuid(), items: z.array(z.object({ quantity: z.int() })) });
    const { error } = input.safeParse({ id: "x", items: [{ quantity: 1.5 }] });
    const { message, data } = told(new TRPCError({ code: "BAD_REQUEST", cause: error }));
    expect(data).toMatchObject({ code: "BAD_REQUEST", httpStatus: 400 });
    expect(data.violations.map(({ field }) => field)).toEqual(["id", "items.0.quantity"]);
    expect(message).toContain("items.0.quantity: ");
  });

  it.each([
    ["a TypeError", new TypeError("hunter2 is not a function")],
    ["a string", "hunter2"],
    ["an object", { password: "hunter2" }],
    ["a zod error that is not the input's", z.string().safeParse(["hunter2"]).error],
    ["a TRPCError of this code", new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: "hunter2" })],
    ["an error of the mesh that is broken", new MeshError({ code: "INTERNAL", message: "hunter2", reason: "hunter2" })],
    ["an error that another method declares", CatalogError.productNotFound({ productId: "hunter2" })],
    [
      "a reason that its enum does not have",
      new MeshError({ code: "NOT_FOUND", message: "hunter2", domain: "orders.v1.OrderError", reason: "HUNTER2" }),
    ],
    ["a reason without a domain", new MeshError({ code: "NOT_FOUND", message: "hunter2", reason: "OUT_OF_STOCK" })],
  ])("reveals nothing of %s but an id", (_, thrown) => {
    const shape = told(thrown);
    const { id } = shape.data;
    expect(shape).toEqual({
      message: `internal error (id ${id})`,
      code: -32603,
      data: {
        code: "INTERNAL_SERVER_ERROR",
        httpStatus: 500,
        path: "orders.getOrder",
        reason: "",
        domain: "",
        metadata: {},
        violations: [],
        id: expect.stringMatching(/^[\da-f-]{36}$/),
      },
    });
    expect(JSON.stringify(shape)).not.toContain("hunter2");
  });

  it("keeps the id that a service has logged", () => {
    const thrown = new MeshError({ code: "INTERNAL", message: "internal error (id 26d737278cbe)" });
    expect(told(thrown).data.id).toBe("26d737278cbe");
  });

  it.each(["0190f5fe-7c31-7000-8000-0123456789ab", "cus_123"])("does not show %s as the id of a log", (id) => {
    const thrown = new MeshError({ code: "INTERNAL", message: `no order (id ${id})` });
    expect(JSON.stringify(told(thrown))).not.toContain(id);
  });

  it("keeps tRPC's own message of a rejected request", () => {
    expect(told(new TRPCError({ code: "METHOD_NOT_SUPPORTED", message: "use POST" }))).toMatchObject({
      message: "use POST",
      data: { code: "METHOD_NOT_SUPPORTED", httpStatus: 405, reason: "" },
    });
  });
});
