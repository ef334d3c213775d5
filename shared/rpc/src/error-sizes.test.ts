import { type FieldViolation, MeshError, type MeshErrorInit } from "@mesh/contracts";
import { expect, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import { facts, rich } from "../fixtures/error-facts.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { echo } from "../fixtures/servers.ts";

/** An error with these values, as the caller of a method gets it, and the lines of the server's log. */
async function passedOn(init: Partial<MeshErrorInit>) {
  const { log, lines } = capturedLog();
  const thrown = new MeshError({ ...facts(rich), retryAfterMs: 1, ...init });
  const { client } = await echo({ unary: () => Promise.reject(thrown) }, { log });
  const error = facts(await client.unary({}).catch((reason: unknown) => reason));
  return { error, cuts: lines.filter(({ msg }) => msg === "the details of an error were shortened") };
}

/** Violations as they arrive if there is no room for the paths of their rules. */
function withoutPaths(violations: readonly FieldViolation[]) {
  return violations.map(({ field, description, rule }) => ({ field, description, rule }));
}

test("of an error that is too large, the longest value is cut, and the log names it", async () => {
  const metadata = { productId: "x".repeat(30_000), available: "3", __proto__x: "y", "": "z" };
  const { error, cuts } = await passedOn({ metadata });
  const { productId: long, ...others } = error.metadata;
  const productId = String(long);
  expect(metadata.productId.startsWith(productId)).toBe(true);
  expect(productId.length).toBeGreaterThan(3_000);
  expect(others).toEqual({ available: "3", __proto__x: "y", "": "z" });
  expect(error).toMatchObject({ message: rich.message, violations: withoutPaths(rich.violations), retryAfterMs: 1 });
  const cut = ["metadata productId", "rule paths"];
  expect(cuts).toMatchObject([{ level: 40, method: "test.v1.EchoService/Unary", reason: "OUT_OF_STOCK", cut }]);
  expect(JSON.stringify(cuts)).not.toContain("xxx");
});

test("long values are cut to the same length, in any script", async () => {
  const metadata = {
    productId: "你".repeat(5_000),
    available: "好".repeat(900),
    __proto__x: "12345678901234567890",
    "": "",
  };
  const { error } = await passedOn({ metadata });
  const { productId: first, available, __proto__x: number } = error.metadata;
  const productId = String(first);
  expect(productId).toBe("你".repeat(productId.length));
  expect(available).toBe("好".repeat(productId.length));
  expect(productId.length).toBeGreaterThan(500);
  expect(number).toBe("12345678901234567890");
});

test("an error of a size that fits is not logged", async () => {
  const { error, cuts } = await passedOn({ metadata: { productId: "x".repeat(3_000) } });
  expect(error.metadata.productId).toHaveLength(3_000);
  expect(cuts).toEqual([]);
});

test("twenty violations with long texts all arrive, cut", async () => {
  const long = "x".repeat(3_000);
  const violations = Array.from({ length: 20 }, (_, index) => {
    return { field: `items[${index}].${long}`, description: long, rule: "string.max_len" };
  });
  const { error, cuts } = await passedOn({ message: `\ud800${long}`, violations });
  expect(error.violations.map(({ rule }) => rule)).toEqual(violations.map(({ rule }) => rule));
  for (const [index, { field }] of error.violations.entries()) expect(field).toMatch(`items[${index}].x`);
  expect(error.message).toMatch(/^\ufffdx{50,}$/);
  expect(error.metadata).toEqual(rich.metadata);
  expect(cuts).toHaveLength(1);
});

test("the paths of rules are left out before the text of a violation is cut, and the log says so", async () => {
  const ofSize = (length: number) => {
    const violation = { description: "x".repeat(length), rule: "string.uuid", rulePath: "repeated.items.string.uuid" };
    return Array.from({ length: 20 }, (_, index) => ({ ...violation, field: `ids[${index}]` }));
  };
  const small = await passedOn({ violations: ofSize(30) });
  expect(small).toMatchObject({ error: { violations: ofSize(30) }, cuts: [] });
  const { error, cuts } = await passedOn({ violations: ofSize(120) });
  expect(error.violations).toEqual(withoutPaths(ofSize(120)));
  expect(cuts).toMatchObject([{ level: 40, cut: ["rule paths"] }]);
});

test("of thousands of violations some arrive", async () => {
  const violations = Array.from({ length: 5_000 }, (_, index) => ({ field: `f${index}`, description: "", rule: "" }));
  const { error } = await passedOn({ violations });
  expect(error.violations).toEqual(violations.slice(0, error.violations.length));
  expect(error.violations.length).toBeGreaterThan(100);
  expect(error.metadata).toEqual(rich.metadata);
});

test("of two hundred violations some arrive, with whole texts", async () => {
  const text = "x".repeat(39);
  const violations = Array.from({ length: 200 }, () => ({ field: text, description: text, rule: text }));
  const { error } = await passedOn({ message: "", metadata: {}, violations });
  expect(error.violations.length).toBeGreaterThan(10);
  expect(error.violations).toEqual(violations.slice(0, error.violations.length));
});

test.each([
  ["a long message", "x".repeat(9_000)],
  ["a message whose every letter takes twelve bytes in a header", "😈".repeat(900)],
])("%s fits the 8 KiB of headers that other languages accept", async (_, message) => {
  const metadata = { productId: "x".repeat(30_000) };
  const thrown = new MeshError({ ...facts(rich), retryAfterMs: 1, message, metadata });
  const { server } = await echo({ unary: () => Promise.reject(thrown) });
  const { error } = await rawClient(server.address).unary("/test.v1.EchoService/Unary", new Uint8Array());
  expect(error?.details.length).toBeGreaterThan(50);
  expect(message.startsWith(error?.details ?? "none")).toBe(true);
  const trailers = [
    ...Object.entries(error?.metadata.toHttp2Headers() ?? {}),
    ["grpc-message", encodeURI(error?.details ?? "")],
  ];
  const sizes = trailers.map(([name, value]) => `${name}${value}`.length + 32);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8_000);
});

test.each([
  [Number.NaN, undefined],
  [Number.POSITIVE_INFINITY, 315_576_000_000_000],
  [Number.MAX_VALUE, 315_576_000_000_000],
  [-5, 0],
  [1.4, 1],
])("an error with a wait of %d ms arrives", async (retryAfterMs, arrives) => {
  const { error } = await passedOn({ retryAfterMs });
  expect(error).toMatchObject({ code: "FAILED_PRECONDITION", reason: "OUT_OF_STOCK", retryAfterMs: arrives });
});
