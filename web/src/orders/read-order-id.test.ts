import { expect, it } from "vitest";
import { readOrderId } from "./read-order-id.ts";

const id = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";

it.each([id, ` ${id.toUpperCase()}\n`, `https://shop.example/orders/${id}?from=mail`])("reads the id in %j", (text) => {
  expect(readOrderId(text)).toBe(id);
});

it.each(["", "5E6F70", id.slice(1), `${id}0`, `0${id}`, "order 12"])("finds no id in %j", (text) => {
  expect(readOrderId(text)).toBeUndefined();
});
