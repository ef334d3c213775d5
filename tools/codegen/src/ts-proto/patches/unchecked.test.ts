import { expect, test } from "vitest";
import { patched, stock } from "../../../testing/stock.ts";
import { uncheckedLine } from "./unchecked.ts";

const contract = 'syntax = "proto3"; package p.v1; message M {}';

test("compilers check the code of stock ts-proto", async () => {
  expect((await stock(contract)).code).not.toContain(uncheckedLine);
});

test("compilers do not check the code", async () => {
  expect((await patched(contract)).code.startsWith(uncheckedLine)).toBe(true);
});
