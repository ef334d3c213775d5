import { expect, test } from "vitest";
import { apply, patched, stock } from "../../../testing/stock.ts";
import { enumValueTypes } from "./enum-value-types.ts";

const contract = 'syntax = "proto3"; package p.v1; enum Kind { KIND_NONE = 0; string = 1; }';

test("stock ts-proto declares a type that is named like a type of TypeScript", async () => {
  expect(await (await stock(contract)).compilerErrors()).toContain("Type alias name cannot be 'string'");
});

test("a value of an enum may have any name", async () => {
  expect(await (await patched(contract)).compilerErrors()).toBe("");
});

test("a namespace with another content is an error", async () => {
  await expect(apply(enumValueTypes, "export namespace A {\n  export const b = 1;\n}\n")).rejects.toThrow(
    "a namespace has another content",
  );
});
