import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CatalogService } from "@mesh/contracts/catalog/v1";
import { connectBus, natsDiscovery, natsPolicy } from "@mesh/events/registry";
import { connect } from "@mesh/rpc";
import { createLogger } from "@mesh/runtime";
import { type MeshApp, type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { putOnSale } from "./stock.ts";

const root = join(import.meta.dirname, "../..");
const log = createLogger({ name: "test", level: "silent" });

let mesh: RunningMesh;
let productId: string;

beforeAll(async () => {
  mesh = await startMesh({ registry: true, replicas: { gateway: 2 }, env: { LOG_LEVEL: "debug" } });
  productId = await putOnSale(mesh, "Governed", 10n);
});
afterAll(() => mesh?.close());

/** Writes rules into the bucket of the policy. */
async function setRules(...rules: readonly object[]): Promise<void> {
  const bus = connectBus({ url: mesh.nats.url, name: "test", log });
  const connection = await bus.connected(AbortSignal.timeout(10_000));
  await (await connection.jetstream().views.kv("mesh_policy")).put("policy", JSON.stringify({ rules }));
  await bus.close();
}

/** Reads the product at a gateway, by a method without a cache. Returns the status of HTTP. */
async function statusAt(gateway: string): Promise<number> {
  const response = await fetch(`http://${mesh.addressOf(gateway)}/v1/products:batchGet?ids=${productId}`);
  await response.arrayBuffer();
  return response.status;
}

/** Waits until both gateways respond with a status. */
async function untilBoth(status: number): Promise<void> {
  for (const gateway of ["gateway-1", "gateway-2"]) await expect.poll(() => statusAt(gateway)).toBe(status);
}

test("a fault for the calls of a caller begins and ends in all running processes", async () => {
  await untilBoth(200);
  const fault = { percent: 100, code: "PERMISSION_DENIED" };
  const calls = { service: "catalog", method: "BatchGetProducts", caller: "gateway" };
  for (const [rules, status] of [
    [[{ ...calls, fault }], 403],
    [[{ ...calls, caller: "orders", fault }], 200],
  ] as const) {
    await setRules(...rules);
    await untilBoth(status);
  }
});

test.each([
  ["policy.md", 6],
  ["mesh-command.md", 11],
])("the commands of docs/%s work", async (name, count) => {
  const folder = await mkdtemp(join(root, "e2e/.examples-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const page = await readFile(join(root, "docs", name), "utf8");
  for (const [, file = "", text = ""] of page.matchAll(/^```yaml\n# (\S+)\n(.*?)^```/gms)) {
    await writeFile(join(folder, file), text);
  }
  await setRules();
  const commands = [...page.matchAll(/^npm run mesh -- (.*)$/gm)].map(([, command = ""]) => command);
  expect(commands).toHaveLength(count);
  const bin = join(root, "tools/mesh/bin/mesh.mjs");
  const printed = new Map<string, string>();
  for (const command of commands) {
    const env = { ...process.env, NATS_URL: mesh.nats.url, MESH_TLS_DIR: mesh.developerDir };
    const args = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? "");
    const code = await new Promise((resolve) => {
      execFile(process.execPath, [bin, ...args], { cwd: folder, env }, (error, stdout, stderr) => {
        printed.set(command, stdout + stderr);
        resolve(error ? error.code : 0);
      });
    });
    // There are differences.
    expect(code, `${command}: ${printed.get(command)}`).toBe(command.includes("diff") ? 1 : 0);
  }
  if (name !== "policy.md") return;
  expect(printed.get("policy get")).toContain("in_flight: 100");
  expect(printed.get("policy rollback")).toContain("- orders: limits");
  expect(printed.get("policy set canary.yaml")).toContain('+ catalog: split {"2":10}');
});

test("a new version of a service gets 10 % of 10,000 calls, give or take 1 %", async () => {
  const bus = connectBus({ url: mesh.nats.url, name: "test", log });
  const [discovery, policy] = [natsDiscovery({ bus, log }), natsPolicy({ bus, log })];
  const { client, close } = connect(CatalogService, {
    address: discovery,
    credentials: mesh.credentials,
    policy,
    callers: ["developer"],
  });
  onTestFinished(async () => {
    await close();
    await Promise.all([discovery.close(), policy.close()]);
    await bus.close();
  });
  await setRules({ service: "catalog", split: { "2": 10 } });
  const read = () => client.getProduct({ id: productId });
  await read();
  const canary = await mesh.addReplica("catalog", { MESH_VERSION: "2" });
  await vi.waitFor(async () => {
    await read();
    expect(callsOf(canary)).toBeGreaterThan(0);
  }, 60_000);
  const before = callsOf(canary);
  // A server that has just started takes only 20 calls at the same time.
  for (let left = 10_000; left > 0; left -= 10) await Promise.all(Array.from({ length: 10 }, read));
  // The lines of the log come a little later.
  const counted = async () => {
    const calls = callsOf(canary) - before;
    expect(calls).toBeGreaterThanOrEqual(900);
    return calls;
  };
  expect(await vi.waitFor(counted, 10_000)).toBeLessThanOrEqual(1_100);
});

/** Returns how many calls of GetProduct a process has handled: its log has a line for each. */
function callsOf(app: MeshApp): number {
  return app
    .output()
    .split("\n")
    .filter((line) => line.includes("GetProduct") && line.includes('"msg":"call"')).length;
}
