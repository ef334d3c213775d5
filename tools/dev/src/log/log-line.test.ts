import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { formatLine, levelOf } from "./log-line.ts";

const entry = { level: 50, time: 0, name: "orders", msg: "a call failed", method: "PlaceOrder", ms: 3 };

test("a JSON line is formatted for people", () => {
  const line = stripVTControlCharacters(formatLine(JSON.stringify(entry)));
  expect(line).toMatch(/^\d\d:\d\d:00\.000 ERROR a call failed method=PlaceOrder ms=3$/);
});

test("the stack of an error follows, indented", () => {
  const err = { type: "Error", message: "no", stack: "Error: no\n    at here" };
  const [, ...stack] = formatLine(JSON.stringify({ ...entry, err })).split("\n");
  expect(stack).toEqual(["  Error: no", "      at here"]);
});

test.each(["plain text", "{ broken", '{"no":"level"}', ""])("%j is unchanged", (line) => {
  expect(formatLine(line)).toBe(line);
  expect(levelOf(line)).toBeUndefined();
});

test("an error has no frames of grpc-js and Node, and a URL no long query", () => {
  const stack = [
    "Error: the order failed",
    "    at placeOrder (services/orders/src/place-order.ts:20:11)",
    "caused by: Error: 14 UNAVAILABLE: no connection",
    "    at callErrorFromStatus (/mesh/node_modules/@grpc/grpc-js/src/call.ts:82:17)",
    "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
    "for call at",
    "    at Client.makeUnaryRequest (/mesh/node_modules/@grpc/grpc-js/src/client.ts:160:32)",
    "    at call (shared/rpc/src/client/unary.ts:10:3)",
  ].join("\n");
  const url = `/trpc/catalog.listProducts?batch=1&input=${"x".repeat(200)}`;
  const text = stripVTControlCharacters(
    formatLine(JSON.stringify({ level: 50, msg: `no ${url}`, url, err: { stack } })),
  );
  expect(text.split("\n")).toEqual([
    expect.stringMatching(/^ERROR no \S{60,80}… url=\S{60,80}…$/),
    "  Error: the order failed",
    "      at placeOrder (services/orders/src/place-order.ts:20:11)",
    "  caused by: Error: 14 UNAVAILABLE: no connection",
  ]);
});

test("an error has no frame twice, and no frames of the steps around handlers, unless it arose there", () => {
  const step = "    at limitTime (/mesh/shared/rpc/src/server/call-limits.ts:69:12)";
  const handler = "    at Object.getProduct (/mesh/services/catalog/src/service.ts:52:31)";
  const stack = ["Error: one", handler, step, step, "caused by: Error: two", step, handler, step].join("\n");
  const [, ...lines] = formatLine(JSON.stringify({ ...entry, err: { stack } })).split("\n");
  expect(lines).toEqual(["Error: one", handler, "caused by: Error: two", step].map((line) => `  ${line}`));
});
