import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { CatalogService } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { OrderService } from "@mesh/contracts/orders/v1";
import { PaymentAuthorized, PaymentService } from "@mesh/contracts/payments/v1";
import { connect, createIdentity, createTokens } from "@mesh/rpc";
import { type RunningMesh, startMesh } from "@mesh/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { publishTo } from "../fixtures/publish-to.ts";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);
const ada = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";
const authorized = () => ({
  paymentId: randomUUID(),
  orderId: randomUUID(),
  amount: { minorUnits: 1n, currency: "EUR" },
});
let mesh: RunningMesh;

beforeAll(async () => {
  mesh = await startMesh();
});
afterAll(() => mesh?.close());

test("the example of the page on identity calls a service by buf curl with the developer's certificate", async () => {
  const page = await readFile(join(root, "docs/identity.md"), "utf8");
  const [, command = ""] = /```sh\nnpx buf (curl .*?)```/s.exec(page) ?? [];
  const port = mesh.addressOf("catalog").split(":")[1] ?? "";
  const text = command.replaceAll("\\\n", "").replace("PORT", port).replaceAll(".mesh/tls", dirname(mesh.developerDir));
  const args = (text.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ""));
  const { stdout } = await run(join(root, "node_modules/.bin/buf"), args, { cwd: root });
  expect(JSON.parse(stdout)).toEqual({});
  const anonymous = args.filter(
    (_, index) => !/^--(cert|key)$/.test(args[index - 1] ?? "") && !/^--(cert|key)$/.test(args[index] ?? ""),
  );
  await expect(run(join(root, "node_modules/.bin/buf"), anonymous, { cwd: root })).rejects.toThrow();
});

test("a process of a running mesh may call only the methods that list it", async () => {
  const connectAs = async (name: string) => {
    const identity = createIdentity(await filesIn(join(dirname(mesh.developerDir), name)));
    const upstream = connect(InventoryService, { address: mesh.addressOf("inventory"), credentials: identity });
    onTestFinished(upstream.close);
    return upstream.client;
  };
  const [orders, payments, gateway] = await Promise.all(["orders", "payments", "gateway"].map(connectAs));
  const request = { orderId: randomUUID() };
  await expect(payments?.releaseStock(request)).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    message: "payments may not call inventory.v1.InventoryService/ReleaseStock: its contract does not list this caller",
  });
  await orders?.releaseStock(request);
  const stock = { counts: [{ productId: randomUUID(), available: 1n }] };
  await payments?.setStock(stock);
  await expect(gateway?.releaseStock(request)).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
  await expect(gateway?.setStock(stock), "it has no token").rejects.toMatchObject({ code: "UNAUTHENTICATED" });
});

test("only the services that the contract lists may refund a payment", async () => {
  for (const name of ["catalog", "inventory"]) {
    const credentials = createIdentity(await filesIn(join(dirname(mesh.developerDir), name)));
    const payments = connect(PaymentService, { address: mesh.addressOf("payments"), credentials });
    onTestFinished(payments.close);
    await expect(payments.client.refundPayment({ orderId: randomUUID() })).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      message: expect.stringContaining(`${name} may not call payments.v1.PaymentService/RefundPayment`),
    });
  }
});

/** Reads the certificate of a process. */
async function filesIn(folder: string) {
  const [cert, key, ca] = await Promise.all(
    ["tls.crt", "tls.key", "ca.crt"].map((name) => readFile(join(folder, name))),
  );
  return { cert: cert ?? "", key: key ?? "", ca: ca ?? "" };
}

test("the command of the page makes a token by which a developer calls a service for a customer", async () => {
  const orders = connect(OrderService, { address: mesh.addressOf("orders"), credentials: mesh.credentials });
  onTestFinished(orders.close);
  const program = join(root, "shared/rpc/bin/mesh-token.mjs");
  const env = { MESH_TLS_DIR: mesh.developerDir };
  const { stdout } = await run(process.execPath, [program, ada, "orders:read"], { env });
  const headers = { "mesh-token": stdout.trim() };
  expect(await orders.client.listOrders({}, { headers })).toMatchObject({ orders: [] });
  const cancelled = orders.client.cancelOrder({ id: randomUUID() }, { headers });
  await expect(cancelled).rejects.toMatchObject({
    code: "PERMISSION_DENIED",
    message: expect.stringContaining("orders:write"),
  });
  for (const id of ["customer:ada", "--help"]) {
    await expect(run(process.execPath, [program, id], { env })).rejects.toMatchObject({ code: 2 });
  }
});

test("a customer's orders are safe from a header, and from a token that a service signs", async () => {
  const orders = connect(OrderService, { address: mesh.addressOf("orders"), credentials: mesh.credentials });
  onTestFinished(orders.close);
  const dir = join(dirname(mesh.developerDir), "payments");
  const read = (name: string) => readFile(join(dir, name), "utf8");
  const [cert, key, ca] = await Promise.all([read("tls.crt"), read("tls.key"), read("ca.crt")]);
  const payments = createTokens(createIdentity({ cert, key, ca }));
  const forged = await payments.issue({ kind: "customer", id: ada }, Date.now() + 5_000);
  const name = `customer:${ada}`;
  for (const headers of [{ "mesh-principal": name }, { "mesh-token": name }, { "mesh-token": forged }]) {
    const cancelled = orders.client.cancelOrder({ id: randomUUID() }, { headers });
    await expect(cancelled).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  }
  await expect.poll(() => mesh.apps.orders?.output()).toContain("payments may not speak for a customer");
});

test("a forged event confirms no order: it is dead-lettered with the reason", async () => {
  const payload = Buffer.from(PaymentAuthorized.encode(PaymentAuthorized.schema.parse(authorized())));
  const event = { subject: PaymentAuthorized.subject, service: "payments", payload };
  const reasons = { unsigned: "the event has no signature", foreign: "developer may not publish events of payments" };
  await publishTo(mesh, { ...event, signer: undefined });
  await publishTo(mesh, { ...event, signer: "developer" });
  for (const reason of Object.values(reasons)) {
    await expect.poll(() => mesh.apps.orders?.output()).toContain(reason);
  }
});

test("all certificates of a running mesh are renewed without a dropped call", async () => {
  const catalog = connect(CatalogService, { address: mesh.addressOf("catalog"), credentials: mesh.credentials });
  onTestFinished(catalog.close);
  const failed: unknown[] = [];
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  const calls = async (call: () => Promise<unknown>) => {
    while (!isOver) await call().catch((error: unknown) => failed.push(error));
  };
  const input = encodeURIComponent(JSON.stringify({ ids: [randomUUID()] }));
  const browse = async () => {
    const response = await fetch(`${mesh.gatewayUrl}/trpc/catalog.batchGetProducts?input=${input}`);
    if (!response.ok) throw new Error(await response.text());
  };
  const running = [calls(() => catalog.client.listProducts({})), calls(browse)];
  const renewals = () =>
    ["catalog", "orders", "gateway"].map(
      (name) => mesh.apps[name]?.output().split("the certificate was renewed").length,
    );
  await mesh.renewCertificates();
  await expect.poll(renewals).toEqual([2, 2, 2]);
  isOver = true;
  await Promise.all(running);
  expect(failed).toEqual([]);
});

test("a start in production without an identity ends with one sentence", async () => {
  const main = join(root, "services/catalog/.mesh/main.js");
  const env = {
    NODE_ENV: "production",
    DATABASE_URL: "postgres://a:b@127.0.0.1/c?sslmode=verify-full",
    NATS_URL: "tls://a:b@127.0.0.1",
    MESH_PEERS: "inventory=127.0.0.1:1",
    FILES_DIR: "/tmp",
  };
  const { code, stderr } = await run(process.execPath, [main], { env }).catch((error) => error);
  expect(code).toBe(2);
  expect(stderr).toBe(
    "1 wrong setting:\n  MESH_TLS_DIR is not set; expected: a folder with tls.crt, tls.key and ca.crt, the identity of the process; see docs/identity.md\n",
  );
});
