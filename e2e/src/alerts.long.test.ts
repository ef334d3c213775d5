import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { startAlertmanager, type TestAlertmanager } from "../fixtures/alertmanager.ts";
import { startPrometheus, type TestPrometheus } from "../fixtures/prometheus.ts";
import { createShopper, orderOf } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const root = join(import.meta.dirname, "../..");
const rulesFile = join(root, "deploy/observability/prometheus/rules.yaml");
const alertmanagerFile = join(rulesFile, "../alertmanager.yaml");
const patience = { timeout: 120_000, interval: 500 };

let mesh: RunningMesh;
let prometheus: TestPrometheus;
let alertmanager: TestAlertmanager;

beforeAll(async () => {
  mesh = await startMesh({ env: { METRICS_PORT: "0" } });
  const targets = Object.entries(mesh.apps).map(([name, app]) => {
    const [, address = ""] = /"address":"http:\/\/([^"/]+)\/metrics"/.exec(app.output()) ?? [];
    return [name, address] as const;
  });
  alertmanager = await startAlertmanager(alertmanagerFile);
  prometheus = await startPrometheus(rulesFile, Object.fromEntries(targets), alertmanager.address);
});
afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await alertmanager?.[Symbol.asyncDispose]();
  await mesh?.close();
});

/** Places orders until the signal aborts. */
async function load(signal: AbortSignal): Promise<void> {
  const productId = await putOnSale(mesh, "Kettle", 1_000_000n);
  const shopper = createShopper(mesh.gatewayUrl);
  while (!signal.aborted) await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
}

/** A panel, as far as the test reads it. */
interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

function fileOf(name: string): string {
  return name === "mesh" ? "mesh.json" : `mesh-${name}.json`;
}

/** Returns the value that an alert compares, which it has when it does not fire, too. */
function measuredBy(query: string): string {
  const [, measured] = /^(.+) [<>] [\d.]+$/s.exec(query) ?? [];
  if (measured === undefined) throw new Error(`an alert compares no value with a number: ${query}`);
  return measured;
}

test("promtool accepts the configuration and the rules, and amtool where alerts go", () => {
  const file = join(rulesFile, "../prometheus.yaml");
  const checked = execFileSync("promtool", ["check", "config", file], { encoding: "utf8" });
  expect(checked).toMatch(/SUCCESS: \d+ rules found/);
  const routed = ["config", "routes", "test", `--config.file=${alertmanagerFile}`];
  const receiverOf = (severity: string) =>
    execFileSync("amtool", [...routed, `severity=${severity}`], { encoding: "utf8" });
  expect(["critical", "warning"].map(receiverOf)).toEqual(["on-call\n", "team\n"]);
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

test("every panel of every dashboard has data under load", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mesh-dashboards-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { writeDashboards } = await import("@mesh/deploy/grafana");
  await writeDashboards(root, folder);
  const end = new AbortController();
  const running = load(end.signal);
  try {
    const names = await readdir(folder);
    expect(names.sort()).toEqual(["catalog", "inventory", "mesh", "orders", "payments"].map(fileOf).sort());
    for (const name of names) {
      const { panels } = JSON.parse(await readFile(join(folder, name), "utf8")) as { panels: readonly Panel[] };
      const shown = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));
      expect(shown.length).toBeGreaterThan(6);
      for (const { title, expr } of shown) {
        // Methods that the load does not call have no data, and payments gets events only.
        const isCalled = expr.includes("PlaceOrder") || !/rpc_method="|rpc_server.*job="payments"/.test(expr);
        if (!isCalled) continue;
        await vi.waitFor(
          async () => expect([name, title, await prometheus.count(expr)]).not.toEqual([name, title, 0]),
          patience,
        );
      }
    }
  } finally {
    end.abort();
    await running;
  }
});

test("nothing fires in a healthy mesh, and the end of a process reaches the receiver on call, with the page", async () => {
  const alerts = await vi.waitFor(() => prometheus.alerts(), patience);
  expect(alerts.filter(({ state }) => state === "firing")).toEqual([]);
  expect(alertmanager.sentTo("on-call")).toEqual([]);
  await mesh.apps.inventory?.kill("SIGKILL");
  const down = (status: string) =>
    alertmanager
      .sentTo("on-call")
      .find(({ labels, ...sent }) => labels.alertname === "ProcessDown" && sent.status === status);
  await vi.waitFor(() => expect(down("firing")?.labels.job).toBe("inventory"), patience);
  const runbook = await readFile(join(root, down("firing")?.annotations.runbook ?? "no page"), "utf8");
  expect(runbook).toMatch(/^# ProcessDown\n/);
});
