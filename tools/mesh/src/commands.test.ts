import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { contractsFile } from "../fixtures/contracts.ts";
import { type Run, runMesh } from "../fixtures/run-mesh.ts";
import { openSmallMesh, productId } from "../fixtures/small-mesh.ts";

let mesh: Awaited<ReturnType<typeof openSmallMesh>>;
beforeAll(async () => {
  mesh = await openSmallMesh();
  // Until the process has registered.
  await vi.waitFor(async () => expect(JSON.parse((await run(["nodes", "--json"])).stdout)).toHaveLength(2), 60_000);
});
afterAll(() => mesh?.[Symbol.asyncDispose]());

/** Runs a command against the mesh. */
function run(args: readonly string[], input?: string): Promise<Run> {
  return runMesh([...args, "--nats", mesh.natsUrl, "--tls", "off", "--contracts", contractsFile], input);
}

const request = JSON.stringify({ id: productId });

test("nodes lists the replicas", async () => {
  const json = JSON.parse((await run(["nodes", "--json"])).stdout);
  const replica = { address: mesh.address, version: "1.2.3", id: expect.any(String), startedAt: expect.any(String) };
  expect(json).toEqual([
    { service: "catalog", ...replica, heartbeatAgeMs: expect.any(Number) },
    { service: "inventory", ...replica, heartbeatAgeMs: expect.any(Number) },
  ]);
  const { stdout } = await run(["nodes"]);
  expect(stdout).toMatch(/^service +address +version +since +heartbeat +id\ncatalog +127\.0\.0\.1:\d+ +1\.2\.3 /);
});

test("services lists the methods of the contracts with what they declare, and the number of replicas", async () => {
  const { stdout } = await run(["services"]);
  expect(stdout).toContain("catalog  catalog.v1.CatalogService  1 replica\n");
  expect(stdout).toContain("orders  orders.v1.OrderService  0 replicas\n");
  expect(stdout).toContain("  GetProduct  unary; no side effects; callers *, gateway; exposed: catalog:read\n");
  const json: { name: string; methods: { name: string }[] }[] = JSON.parse((await run(["services", "--json"])).stdout);
  const inventory = json.find(({ name }) => name === "inventory");
  expect(inventory).toMatchObject({ replicas: 1, typeName: "inventory.v1.InventoryService" });
  expect(inventory?.methods).toContainEqual(expect.objectContaining({ name: "WatchStock", kind: "server_streaming" }));
});

test("call prints the response, takes headers, and is helped by the contract", async () => {
  const { stdout, code } = await run(["call", "catalog/GetProduct", request, "--header", "x-name=Watch"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    product: {
      id: productId,
      name: "Watch",
      price: { minorUnits: "1000", currency: "EUR" },
      category: "CATEGORY_HOME",
    },
  });
  const one = await run(["call", "CatalogService/getProduct", request, "--json"]);
  expect(one.stdout.trim().split("\n")).toHaveLength(1);
  const help = await run(["call", "catalog/GetProduct", "--help"]);
  expect(help.stdout).toContain("catalog.v1.GetProductRequest\n  id  string  The product's id.\n");
  expect((await run(["call", "--help"])).stdout).toContain("npm run mesh -- call <service>/<method>");
});

test("call prints each response of a stream as a line, and reads a stream of requests", async () => {
  const ids = [productId, "6fa459ea-ee8a-4ca4-894e-db77e160355f"];
  const { stdout } = await run(["call", "inventory/WatchStock", JSON.stringify({ productIds: ids })]);
  const lines = stdout.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).stock.productId)).toEqual(ids);
  const product = {
    id: productId,
    name: "Clock",
    category: "CATEGORY_HOME",
    price: { minorUnits: "1", currency: "EUR" },
  };
  const line = JSON.stringify({ products: [product] });
  const imported = await run(["call", "catalog/ImportProducts", "-"], `${line}\n\n${line}\n`);
  expect(JSON.parse(imported.stdout)).toMatchObject({ created: 2 });
});

test("a call that fails prints its code, its reason and the invalid fields", async () => {
  const other = JSON.stringify({ id: "6fa459ea-ee8a-4ca4-894e-db77e160355f" });
  expect(await run(["call", "catalog/GetProduct", other])).toMatchObject({
    stdout: "",
    stderr: expect.stringMatching(/^NOT_FOUND PRODUCT_NOT_FOUND: /),
    code: 1,
  });
  const { stderr } = await run(["call", "catalog/GetProduct", other, "--json"]);
  expect(JSON.parse(stderr)).toMatchObject({ code: "NOT_FOUND", reason: "PRODUCT_NOT_FOUND", violations: [] });
  const invalid = await run(["call", "catalog/GetProduct", '{"id": "7"}']);
  expect(invalid.stderr).toMatch(/^INVALID_ARGUMENT: .*\n {2}id: must be a UUID\n$/);
  expect((await run(["call", "orders/GetOrder", request])).stderr).toContain(
    "UNAVAILABLE: orders has no known replica",
  );
});

test("wrong arguments of call and bench have exit code 2, before anything is called", async () => {
  for (const [args, text] of [
    [["call"], "such as catalog/"],
    [["call", "catalog"], '"catalog" is no method'],
    [["call", "catlog/GetProduct"], "did you mean catalog?"],
    [["call", "catalog/GetProdct"], "did you mean GetProduct?"],
    [["call", "catalog/GetProduct", "{"], "not a catalog.v1.GetProductRequest in JSON"],
    [["call", "catalog/GetProduct", '{"name": 1}'], 'key "name" is unknown'],
    [["call", "catalog/GetProduct", "{}", "more"], 'unexpected argument "more"'],
    [["call", "catalog/GetProduct", "--deadline", "0"], "--deadline must be"],
    [["call", "catalog/GetProduct", "--header", "x"], "--header must be"],
    [["call", "catalog/GetProduct", "--address", "here"], "--address must be"],
    [["bench", "inventory/WatchStock"], "is not unary"],
    [["bench", "inventory/ReserveStock"], "--repeat"],
    [["bench", "catalog/GetProduct", "--seconds", "x"], "--seconds must be"],
    [["nodes", "--all"], "--all"],
    [["top", "--interval", "0"], "--interval must be"],
    [["top", "nope"], "nope has no replica in the registry: there are catalog, inventory"],
    [["top", "catalog", "orders"], 'unexpected argument "orders"'],
  ] as const) {
    expect(await run(args), args.join(" ")).toEqual({ stdout: "", stderr: expect.stringContaining(text), code: 2 });
  }
});

test("a file of contracts that can't be read has exit code 2", async () => {
  const { stderr, code } = await runMesh([
    "call",
    "catalog/GetProduct",
    "--contracts",
    "no.binpb",
    "--nats",
    mesh.natsUrl,
  ]);
  expect([stderr, code]).toEqual([expect.stringContaining("no.binpb can't be read as a FileDescriptorSet"), 2]);
});

test("a replica can be called by its address, without NATS", async () => {
  const flags = ["--address", mesh.address, "--tls", "off", "--contracts", contractsFile];
  expect(await runMesh(["call", "catalog/GetProduct", request, ...flags])).toMatchObject({ code: 0, stderr: "" });
  const unreachable = await runMesh([
    "call",
    "catalog/GetProduct",
    request,
    "--nats",
    "nats://127.0.0.1:1",
    "--tls",
    "off",
    "--contracts",
    contractsFile,
  ]);
  expect(unreachable).toMatchObject({
    stderr: "the mesh can't be reached: no NATS responds at 127.0.0.1:1\n",
    code: 3,
  });
});

test("bench prints calls per second, latencies and errors", async () => {
  const { stdout, code } = await run(["bench", "catalog/GetProduct", request, "--seconds", "1", "--json"]);
  const measured = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(measured).toMatchObject({ failed: 0, errors: {} });
  expect(measured.callsPerSecond).toBeGreaterThan(0);
  expect(measured.p99Ms).toBeGreaterThanOrEqual(measured.p50Ms);
  const wrong = await run(["bench", "catalog/GetProduct", "{}", "--seconds", "1", "--concurrency", "2"]);
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toMatch(/^0 calls\/s, \d+ calls, \d+ failed\n[^\n]*\n\d+ × INVALID_ARGUMENT: /);
});

test("top shows the calls of each method", async () => {
  const calls = run(["bench", "catalog/GetProduct", request, "--seconds", "8", "--concurrency", "2"]);
  const isBusy = { service: "catalog", method: "GetProduct", errors: {} };
  await vi.waitFor(async () => {
    const report = JSON.parse((await run(["top", "--json", "--interval", "1"])).stdout);
    expect(report).toMatchObject({ processes: 1, failed: [], methods: [isBusy] });
    expect(report.methods[0].callsPerSecond).toBeGreaterThan(0);
  }, 60_000);
  await calls;
  const { stdout, code } = await run(["top", "inventory", "--all", "--once", "--interval", "1"]);
  expect(stdout).toMatch(/^1 process, 0\.0 calls\/s.*\n\nservice .*\ninventory /);
  expect(code).toBe(0);
});
