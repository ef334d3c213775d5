import { PlaceOrderRequestSchema } from "@mesh/contracts/testing/orders/v1";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { array } from "./array.ts";
import { fastOf, unsure } from "./fast.ts";
import { message } from "./message.ts";
import { int32 } from "./numbers.ts";
import { string } from "./scalars.ts";

const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
const order = {
  idempotencyKey: id,
  items: [{ productId: id, quantity: 1 }],
  paymentToken: "tok_ok",
  email: "a@b.c",
  name: "A",
  address: "Street 1",
};

describe("the fast way", () => {
  test("exists for an order, and has the same output as the slow one", () => {
    const fast = fastOf(PlaceOrderRequestSchema);
    expect(fast?.({ ...order, admin: true })).toEqual(order);
  });

  test.each([
    ["a wrong type", { ...order, name: 1 }],
    ["a broken rule", { ...order, email: "a" }],
    ["an item that lacks a field", { ...order, items: [{ quantity: 1 }] }],
    ["keys that are inherited", Object.create(order)],
  ])("leaves %s to the slow one", (_, sent) => {
    expect(fastOf(PlaceOrderRequestSchema)?.(sent)).toBe(unsure);
  });

  test("runs the checks that zod itself adds", () => {
    const even = z.number().refine((value) => value % 2 === 0);
    const type = message(() => ({ all: array(even), one: even }));
    expect(type.safeParse({ all: [2, 4], one: 6 }).success).toBe(true);
    expect(type.safeParse({ all: [2, 3], one: 6 }).success).toBe(false);
    expect(type.refine(() => false).safeParse({ all: [], one: 6 }).success).toBe(false);
  });

  test("leaves values that a check of zod changes to the slow one", () => {
    const trimmed = message(() => ({ all: array(string().trim()), one: string().trim() }));
    expect(trimmed.parse({ all: [" a "], one: " b " })).toEqual({ all: ["a"], one: "b" });
  });

  test("copies a list whose items pass unchanged", () => {
    const sent = [1, 2];
    const parsed = array(int32()).parse(sent);
    expect(parsed).toEqual(sent);
    expect(parsed).not.toBe(sent);
  });
});
