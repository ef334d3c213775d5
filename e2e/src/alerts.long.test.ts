import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startPrometheus, type TestPrometheus } from "../fixtures/prometheus.ts";
import { createShopper, orderOf } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const root = join(import.meta.dirname, "../..");
const rulesFile = join(root, "deploy/observability/prometheus/rules.yaml");
const patience = { timeout: 120_000, interval: 500 };

let mesh: RunningMesh;
let prometheus: TestPrometheus;

beforeAll(async () => {
  mesh = await startMesh({ env: { METRICS_PORT: "0" } });
  const targets = Object.entries(mesh.apps).map(([name, app]) => {
    const [, address = ""] = /"address":"http:\/\/([^"/]+)\/metrics"/.exec(app.output()) ?? [];
    return [name, address] as const;
  });
  prometheus = await startPrometheus(rulesFile, Object.fromEntries(targets));
});
afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await mesh?.close();
});

/** Places orders until the signal aborts. */
async function load(signal: AbortSignal): Promise<void> {
  const productId = await putOnSale(mesh, "Kettle", 1_000_000n);
  const shopper = createShopper(mesh.gatewayUrl);
  while (!signal.aborted) await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
}

/** Returns the value that an alert compares, which it has when it does not fire, too. */
function measuredBy(query: string): string {
  const [, measured] = /^(.+) [<>] [\d.]+$/s.exec(query) ?? [];
  if (measured === undefined) throw new Error(`an alert compares no value with a number: ${query}`);
  return measured;
}

test("promtool accepts the configuration and the rules", () => {
  const file = join(rulesFile, "../prometheus.yaml");
  const checked = execFileSync("promtool", ["check", "config", file], { encoding: "utf8" });
  expect(checked).toMatch(/SUCCESS: \d+ rules found/);
});

test("every rule and alert has data under load, and every alert has a page", async () => {
  const end = new AbortController();
  const running = load(end.signal);
  try {
    await vi.waitFor(async () => expect(await prometheus.rules()).not.toEqual([]), patience);
    const rules = await prometheus.rules();
    expect(rules.filter(({ type }) => type === "alerting").length).toBeGreaterThan(10);
    for (const { type, name, query, annotations } of rules) {
      const expression = type === "alerting" ? measuredBy(query) : name;
      await vi.waitFor(async () => expect([name, await prometheus.count(expression)]).not.toEqual([name, 0]), patience);
      if (type === "recording") continue;
      const page = await readFile(join(root, annotations?.runbook ?? "no page"), "utf8");
      expect(page).toMatch(new RegExp(`^# ${name}\n`));
    }
    await vi.waitFor(async () => {
      expect((await prometheus.rules()).filter(({ health }) => health !== "ok")).toEqual([]);
    }, patience);
  } finally {
    end.abort();
    await running;
  }
});

test("nothing fires in a healthy mesh, and the end of a process fires its alert", async () => {
  expect((await prometheus.alerts()).filter(({ state }) => state === "firing")).toEqual([]);
  await mesh.apps.inventory?.kill("SIGKILL");
  await vi.waitFor(async () => {
    const firing = (await prometheus.alerts()).filter(({ state }) => state === "firing");
    expect(firing.map(({ labels }) => [labels.alertname, labels.job])).toContainEqual(["ProcessDown", "inventory"]);
  }, patience);
});
