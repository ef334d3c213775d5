import { expect, test } from "vitest";
import { parseSeries } from "./metrics-text.ts";
import { countsIn, quantile, ratesOf, since } from "./rates.ts";

const labels = 'rpc_method="orders.v1.OrderService/GetOrder"';

/** A page with calls of up to 10 ms and of up to 100 ms. */
function pageOf(fast: number, slow: number, failed: number): string {
  const metric = "rpc_server_call_duration_seconds";
  return `# TYPE ${metric} histogram
${metric}_count{${labels},rpc_status_code="OK"} ${fast + slow}
${metric}_sum{${labels},rpc_status_code="OK"} 1.5
${metric}_bucket{${labels},rpc_status_code="OK",le="0.01"} ${fast}
${metric}_bucket{${labels},rpc_status_code="OK",le="0.1"} ${fast + slow}
${metric}_bucket{${labels},rpc_status_code="OK",le="+Inf"} ${fast + slow}
${metric}_count{${labels},rpc_status_code="INTERNAL",error_type="INTERNAL"} ${failed}
${metric}_bucket{${labels},rpc_status_code="INTERNAL",error_type="INTERNAL",le="0.01"} ${failed}
${metric}_bucket{${labels},rpc_status_code="INTERNAL",error_type="INTERNAL",le="0.1"} ${failed}
${metric}_bucket{${labels},rpc_status_code="INTERNAL",error_type="INTERNAL",le="+Inf"} ${failed}
`;
}

const countedIn = (page: string) => [...countsIn(parseSeries(page)).values()];

test("calls with all codes count together, those with an error as failed", () => {
  const counted = countedIn(pageOf(90, 6, 4));
  expect(counted).toMatchObject([{ name: "orders.v1.OrderService/GetOrder", kind: "call", count: 100, errors: 4 }]);
  expect(ratesOf(counted, 10)).toMatchObject({ count: 100, rate: 10, errors: 0.04 });
  // Of the 6 calls between 10 and 100 ms, the 99th of all is the fifth.
  expect(ratesOf(counted, 10).p99Ms).toBeCloseTo(85);
});

test("what was counted before does not count, unless the process was restarted since", () => {
  const [before] = countedIn(pageOf(90, 6, 4));
  const [after] = countedIn(pageOf(190, 6, 4));
  const [restarted] = countedIn(pageOf(3, 0, 0));
  if (!before || !after || !restarted) throw new Error("nothing was counted");
  expect(ratesOf([since(after, before)], 50)).toMatchObject({ count: 100, rate: 2, errors: 0 });
  expect(since(restarted, after).count).toBe(3);
});

test("nothing has no quantile, and a duration above all bounds the highest of them", () => {
  expect(quantile(0.99, [])).toBeNull();
  expect(ratesOf([], undefined)).toEqual({ count: 0, rate: null, errors: null, p99Ms: null });
  const buckets = new Map([
    [1, 0],
    [Number.POSITIVE_INFINITY, 5],
  ]);
  expect(quantile(0.99, [{ buckets }])).toBe(1_000);
});
