import { expect, test } from "vitest";
import { patched, stock } from "../../../testing/stock.ts";

const contract = `
syntax = "proto3";
package p.v1;
import "google/protobuf/field_mask.proto";
message M { oneof choice { google.protobuf.FieldMask mask = 1; string text = 2; } }
`;

test("stock ts-proto prints code for a FieldMask in a oneof that does not compile", async () => {
  expect(await (await stock(contract)).compilerErrors()).toContain("'string[] | undefined' is not assignable");
});

test("a FieldMask in a oneof compiles", async () => {
  expect(await (await patched(contract)).compilerErrors()).toBe("");
});
