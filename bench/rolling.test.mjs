import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { failedOf, tablesOf } from "./rolling/report.mjs";

const bench = join(import.meta.dirname, "rolling.mjs");
const run = (...args) => spawnSync(process.execPath, [bench, ...args], { encoding: "utf8" });

test("restarts replicas under load, and counts calls, streams and imports", { timeout: 300_000 }, () => {
  const few = ["--rate", "20", "--replicas", "2", "--services", "payments", "--streams", "2", "--orders", "10"];
  const short = ["--warm-up", "0.5", "--seconds", "1", "--development", "--no-build"];
  const { status, stdout, stderr } = run(...few, ...short, "--json");
  expect(stderr).toBe("10 calls/s, warm-up\n20 calls/s, steady\n20 calls/s, restart\n");
  const results = JSON.parse(stdout);
  const [steady, restart] = results.phases;
  expect(steady).toMatchObject({ rate: 20, phase: "steady", restarts: [] });
  expect(restart.restarts.map(({ name }) => name)).toEqual(["payments-1", "payments-2"]);
  for (const { calls, watches, imports, cpu } of [steady, restart]) {
    expect(calls.made).toBeGreaterThan(10);
    expect(calls.p99).toBeGreaterThanOrEqual(calls.p50);
    expect(watches.complete + watches.failed).toBe(watches.opened);
    expect(watches.opened).toBeGreaterThan(0);
    expect(imports.made).toBeGreaterThan(0);
    // Those that were restarted have ended: their time is not that of a service any more.
    expect(cpu.services + (cpu.ended ?? 0)).toBeGreaterThan(0);
  }
  // A busy machine may reject some.
  expect(status).toBe(failedOf(results) > 0 ? 1 : 0);
});

const times = { seconds: 1, p50: 1, p99: 2, max: 3 };
const phase = {
  ...{ rate: 5, phase: "restart", restarts: [{ name: "orders-1", ms: 1_500 }], cpu: { services: 0.5, nats: 0.25 } },
  calls: { ...times, made: 9, failed: 2, failures: { "catalog, direct: UNAVAILABLE gone": 2 } },
  watches: { opened: 3, complete: 2, failed: 1, failures: { "WatchOrder: Error the steps were 1": 1 } },
  imports: { made: 1, failed: 0, failures: {} },
};

test("everything that failed is listed, and counts", () => {
  const results = { phases: [phase], orders: { lost: 1, doubled: 1 } };
  expect(failedOf(results)).toBe(5);
  const tables = tablesOf(results);
  expect(tables).toContain("| 5 | restart | 1 | 9 | 2 | 1.0 | 2.0 | 3.0 | 0.75 |\n");
  expect(tables).toContain("| 5 | restart | 3 | 1 | 1 | 0 | 1 | 1.5 |\n");
  expect(tables).toContain("- 5 calls/s, restart: 2 × catalog, direct: UNAVAILABLE gone\n");
  expect(tables).toContain("- 5 calls/s, restart: 1 × WatchOrder: Error the steps were 1\n");
});

test("--help names the options", () => {
  expect(run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("--no-restart") });
});

test.each([
  ["--rate", "0"],
  ["--services", "gateway"],
  ["--streams", "41"],
  ["--replicas", "1.5"],
  ["--warmup", "1"],
])("%s %s is an error", (...args) => {
  expect(run(...args)).toMatchObject({ status: 2, stderr: expect.stringContaining(args[0]) });
});
