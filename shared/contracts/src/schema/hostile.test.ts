import { OrderSchema, PlaceOrderRequestSchema } from "@mesh/contracts/testing/orders/v1";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { re2 } from "../re2.ts";
import { array } from "./array.ts";
import { date } from "./date.ts";
import { jsonObject } from "./json.ts";
import { record } from "./map.ts";
import { message } from "./message.ts";
import { int32 } from "./numbers.ts";
import { rule } from "./rule.ts";
import { maxItems } from "./rules/repeated.ts";
import { pattern } from "./rules/string.ts";
import { string } from "./scalars.ts";
import { violations } from "./violations.ts";

const item = { productId: "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70", quantity: 1 };
const order = {
  idempotencyKey: "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70",
  items: [item],
  paymentToken: "tok_ok",
  email: "a@b.c",
  name: "A",
  address: "Street 1",
};

describe("what a caller sends", () => {
  test("unknown keys are dropped, and inherited keys are ignored", () => {
    expect(PlaceOrderRequestSchema.parse({ ...order, admin: true, toString: 1 })).toEqual(order);
    const inherited = Object.create({ ...order });
    expect(PlaceOrderRequestSchema.safeParse(inherited).success).toBe(false);
  });

  test("a field that every object inherits is absent if it is left out, whatever reads the message", () => {
    const type = message(() => ({ toString: string().optional() }));
    const slow = message(() => ({ toString: string().optional(), count: int32().refine(() => true) }));
    for (const each of [type, slow])
      expect(Object.entries(each.parse({}) as object)[0]).toEqual(["toString", undefined]);
  });

  test("__proto__ does not set a prototype", () => {
    const sent = JSON.parse(`{"__proto__": {"isAdmin": true}, "items": []}`);
    const { data } = message(() => ({})).safeParse(sent);
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    const map = record(String, z.string(), z.boolean()).parse(JSON.parse('{"__proto__": true}'));
    expect(Object.entries(map as object)).toEqual([["__proto__", true]]);
    const struct = jsonObject().parse(JSON.parse('{"a": {"__proto__": {"isAdmin": true}}}'));
    expect((struct as { a: { isAdmin?: boolean } }).a.isAdmin).toBeUndefined();
  });

  test.each([null, undefined, 1, "a", [], () => order])("%o is rejected", (sent) => {
    const result = PlaceOrderRequestSchema.safeParse(sent);
    expect(result.error?.issues).toHaveLength(1);
  });

  test("a value of a wrong type is reported with its field", () => {
    const { error } = PlaceOrderRequestSchema.safeParse({ ...order, items: [{ ...item, quantity: "1" }], email: null });
    expect(error && violations(error).map(({ field, rule }) => [field, rule])).toEqual([
      ["items[0].quantity", ""],
      ["email", ""],
    ]);
  });

  test("an Invalid Date is rejected in words", () => {
    const { error } = message(() => ({ at: date() })).safeParse({ at: new Date("2026-02-30T") });
    expect(error && violations(error)).toEqual([
      { field: "at", description: "must be a valid date, got an Invalid Date", rule: "" },
    ]);
  });

  test.each([2.5, 2 ** 31, Number.NaN, 1n])("%s is not an int32", (quantity) => {
    expect(PlaceOrderRequestSchema.safeParse({ ...order, items: [{ ...item, quantity }] }).success).toBe(false);
  });

  test("JSON that is too deep is rejected", () => {
    const deep = JSON.parse(`{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`);
    expect(jsonObject().safeParse(deep).success).toBe(false);
  });
});

describe("a report stops at 20 issues", () => {
  test("for a megabyte of wrong items, without reading all of them", () => {
    let reads = 0;
    const items = new Proxy(JSON.parse(`[${"{},".repeat(300_000)}{}]`), {
      get: (list, key) => {
        reads++;
        return Reflect.get(list, key);
      },
    });
    const { error } = PlaceOrderRequestSchema.safeParse({ ...order, items });
    const found = error ? violations(error) : [];
    expect(found).toHaveLength(20);
    expect(found[0]).toMatchObject({ field: "items", rule: "repeated.max_items" });
    expect(reads).toBeLessThan(1_000);
  });

  test("in a list that is too long, after its last item", () => {
    const { error } = array(int32(), maxItems(2)).safeParse([1, 2, 3, "4"]);
    expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [[], "must have at most 2 items"],
      [[3], "must be a whole number from -2147483648 to 2147483647"],
    ]);
  });

  test("but a value after them that is wrong is rejected if it is sent alone", () => {
    const lines = Array.from({ length: 50 }, () => ({}));
    expect(OrderSchema.safeParse({ lines }).success).toBe(false);
    expect(OrderSchema.safeParse({ lines: [] }).success).toBe(false);
  });

  test("for lists in lists", () => {
    const nested = array(array(z.string()));
    const { error } = nested.safeParse(Array.from({ length: 1_000 }, () => Array.from({ length: 1_000 }, () => 1)));
    expect(error && violations(error)).toHaveLength(20);
    expect(error?.issues.length).toBeLessThanOrEqual(40);
  });
});

test("messages can contain each other", () => {
  const tree: z.ZodType = message(() => ({ left: tree.optional(), right: tree.optional() }));
  expect(tree.parse({ left: { right: {} } })).toEqual({ left: { right: {} } });
});

describe("messages in each other", () => {
  const tree: z.ZodType = message(() => ({ next: tree.optional() }));
  const treeOf = (count: number) => JSON.parse(`${'{"next":'.repeat(count - 1)}{}${"}".repeat(count - 1)}`);

  test("are accepted up to the depth that decoders accept, and rejected beyond it", () => {
    expect(tree.safeParse(treeOf(100)).success).toBe(true);
    for (const count of [101, 100_000]) {
      const { error } = tree.safeParse(treeOf(count));
      expect(error?.issues.map(({ message }) => message)).toEqual([
        "must not be deeper than 100 messages in each other",
      ]);
    }
  });

  test("are counted correctly after a parse that threw", () => {
    const throwing = {
      get next() {
        throw new Error("read");
      },
    };
    for (let count = 0; count < 101; count++) expect(() => tree.parse({ next: throwing })).toThrow("read");
    expect(tree.safeParse(treeOf(100)).success).toBe(true);
  });
});

test("a text on which a backtracking pattern would not end is rejected", () => {
  const type = z.string().check(pattern(re2("^(a+)+$"), "^(a+)+$"));
  expect(type.safeParse(`${"a".repeat(100_000)}!`).success).toBe(false);
  expect(type.safeParse("aaa").success).toBe(true);
});

test("values before a wrong one are checked only a few times, at any depth", () => {
  let looks = 0;
  const looked = rule<string>("looked", () => ++looks > 0, "");
  const depth = 12;
  let type: z.ZodType = z.string().check(looked);
  for (let level = 0; level < depth; level++) type = array(type);
  const items = JSON.parse(`${"[".repeat(depth)}${'"a",'.repeat(1_000)}1${"]".repeat(depth)}`);
  expect(type.safeParse(items).error?.issues).toHaveLength(1);
  expect(looks).toBeLessThanOrEqual(5_000);
});
