import type { MethodCounts } from "@mesh/contracts/protocols/mesh/statistics/v1/index";
import { expect, test } from "vitest";
import { contractsFile } from "../../fixtures/contracts.ts";
import { readCatalogue } from "../contracts/catalogue.ts";
import { reportOf, textOf } from "./report.ts";
import type { Sample } from "./sampler.ts";
import { frame } from "./screen.ts";

const getOrder = "/orders.v1.OrderService/GetOrder";
const listOrders = "/orders.v1.OrderService/ListOrders";

/** The durations of calls: how many in which bucket. */
const durations = (counts: Record<number, number>) => Array.from({ length: 96 }, (_, at) => BigInt(counts[at] ?? 0));

const counts = (init: Partial<MethodCounts>): MethodCounts => {
  return { path: getOrder, running: 0, rejected: 0n, ended: {}, durations: durations({}), ...init };
};

const sample = (at: number, processes: Record<string, MethodCounts[]>): Sample => {
  return { at, processes: new Map(Object.entries(processes)), services: ["orders"], failed: [] };
};

const catalogue = readCatalogue(contractsFile);
const all = { isAll: true };
const busy = { isAll: false };

test("rates are the differences of all replicas, and the middle of a bucket is the duration", () => {
  const before = sample(0, {
    a: [counts({ ended: { OK: 10n }, durations: durations({ 25: 10 }) })],
    b: [counts({ rejected: 3n })],
  });
  const after = sample(2_000, {
    a: [counts({ running: 2, ended: { OK: 109n, NOT_FOUND: 1n }, durations: durations({ 25: 109, 41: 1 }) })],
    b: [counts({ running: 1, rejected: 7n, ended: { INTERNAL: 3n, NOT_FOUND: 1n }, durations: durations({ 41: 4 }) })],
  });
  expect(reportOf(before, after, catalogue, busy)).toEqual({
    seconds: 2,
    processes: 2,
    failed: [],
    methods: [
      {
        service: "orders",
        method: "GetOrder",
        callsPerSecond: 52,
        errorsPerSecond: 2.5,
        errors: { INTERNAL: 1.5, NOT_FOUND: 1 },
        rejectedPerSecond: 2,
        p50Ms: 1.09,
        p99Ms: 17.45,
        running: 3,
      },
    ],
  });
});

test("a process that has just started has no rates yet, and one that ended none any more", () => {
  const before = sample(0, { old: [counts({ ended: { OK: 1_000n } })] });
  const after = sample(1_000, { new: [counts({ running: 1, ended: { OK: 5n } })] });
  expect(reportOf(before, after, catalogue, busy).methods).toMatchObject([{ callsPerSecond: 0, running: 1 }]);
});

test("the busiest method comes first, and methods without calls and other services only if they are asked for", () => {
  const at = (ms: number, calls: bigint) =>
    sample(ms, { a: [counts({}), counts({ path: listOrders, ended: { OK: calls } }), counts({ path: "/a.B/C" })] });
  const methods = (choice: Parameters<typeof reportOf>[3]) =>
    reportOf(at(0, 0n), at(1_000, 5n), catalogue, choice).methods.map(({ service, method }) => `${service} ${method}`);
  expect(methods(busy)).toEqual(["orders ListOrders"]);
  expect(methods(all)).toEqual(["orders ListOrders", "a.B C", "orders GetOrder"]);
  expect(methods({ ...all, service: "orders" })).toEqual(["orders ListOrders", "orders GetOrder"]);
});

test("people get a table, and the processes that do not respond", () => {
  const before = sample(0, { a: [counts({})] });
  const after = sample(1_000, { a: [counts({ ended: { OK: 8n, NOT_FOUND: 2n }, durations: durations({ 25: 10 }) })] });
  const report = { ...reportOf(before, after, catalogue, busy), failed: ["payments at 127.0.0.1:1 does not report"] };
  expect(textOf(report)).toBe(
    [
      "1 process, 10.0 calls/s, 2.0 errors/s, 0 running, 0.0 rejected/s in the last 1 s",
      "payments at 127.0.0.1:1 does not report",
      "",
      "service  method    calls/s  errors/s  p50 ms  p99 ms  running  rejected/s  errors",
      "orders   GetOrder     10.0       2.0    1.09    1.09        0         0.0  NOT_FOUND 2.0",
      "",
    ].join("\n"),
  );
  expect(textOf(reportOf(before, before, catalogue, busy))).toContain("\n\nno calls\n");
});

test("a screen gets as many lines and columns as it has", () => {
  expect(frame("abcd\nef\ngh\n", 2, 3)).toBe("\x1b[Habc\x1b[K\nef\x1b[K\x1b[J");
});
