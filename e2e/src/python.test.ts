import { execFile, execFileSync } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { MeshError } from "@mesh/contracts";
import { CatalogService } from "@mesh/contracts/catalog/v1";
import { CancelReason, OrderConfirmed, OrderService, OrderStatus } from "@mesh/contracts/orders/v1";
import { natsUsers, openCertificates, urlWithLogin } from "@mesh/dev";
import { connectBus, register } from "@mesh/events";
import { createEventSignatures, createIdentity, createTokens, type Identity, serve } from "@mesh/rpc";
import { createLogger } from "@mesh/runtime";
import { type RunningMesh, startMesh, storeInStream, testCertificates, testNats } from "@mesh/testing";
import { fake, testIdentity } from "@mesh/testing/service";
import { headers as createHeaders } from "nats";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { publishTo } from "../fixtures/publish-to.ts";
import { callLoyalty, lastMessage, type PythonService, startPythonService } from "../fixtures/python-service.ts";
import { createShopper, orderOf } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const needed = "grpc, google.protobuf, cryptography";
const python = ["/usr/bin/python3", "python3"].find(hasPackages);
if (!python) process.stderr.write(`the examples in Python were not run: no python3 has ${needed}\n`);

function hasPackages(program: string): boolean {
  try {
    execFileSync(program, ["-c", `import ${needed}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Copies an example out of the repository, with the contracts that it reads. Returns the folder. */
async function copyExample(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "typemesh-python-"));
  const config = name === "python-service" ? ["--config", `examples/${name}/buf.yaml`] : [];
  const buf = (...args: string[]) => run(join(root, "node_modules/.bin/buf"), ["build", ...args], { cwd: root });
  await Promise.all([
    cp(join(root, "examples", name), folder, { recursive: true }),
    buf(...config, "--output", join(folder, "contracts.binpb")),
    buf("shared/rpc/proto", "--output", join(folder, "protocols.binpb")),
  ]);
  return folder;
}

/** Reads the identity of a process. */
async function identityIn(dir: string): Promise<Identity> {
  const read = (name: string) => readFile(join(dir, name), "utf8");
  const [cert, key, ca] = await Promise.all([read("tls.crt"), read("tls.key"), read("ca.crt")]);
  return createIdentity({ cert, key, ca });
}

const customerOf = (id: string, ...scopes: string[]) => ({ kind: "customer", id, scopes: new Set(scopes) }) as const;

describe.skipIf(!python)("an example in Python", () => {
  let mesh: RunningMesh;
  let client: string;
  let folder: string;
  let service: PythonService;

  beforeAll(async () => {
    const copied = Promise.all([copyExample("python-client"), copyExample("python-service")]);
    mesh = await startMesh({ registry: true });
    [client, folder] = await copied;
    const certificates = await openCertificates(dirname(mesh.developerDir));
    const tlsDir = await certificates.provide("loyalty", ["loyalty"]);
    certificates.close();
    service = await startPythonService({ python: python ?? "", folder, tlsDir, natsUrl: mesh.nats.url });
  });
  afterAll(async () => {
    await service?.end();
    await mesh?.close();
    for (const one of [client, folder]) if (one) await rm(one, { recursive: true, force: true });
  });

  const tokenOf = async (customerId: string, ...scopes: string[]) =>
    createTokens(mesh.credentials).issue(customerOf(customerId, ...scopes), Date.now());
  const call = (method: string, token?: string, request?: object) => {
    const { developerDir, nats } = mesh;
    return callLoyalty({
      folder,
      natsUrl: nats.url,
      developerDir,
      method,
      ...(token && { token }),
      ...(request && { request }),
    });
  };
  const runShop = (...args: string[]) => run(python ?? "", ["shop.py", ...args], { cwd: client, timeout: 60_000 });

  test("calls services with a certificate, for a customer, and reads the reasons of errors", async () => {
    await putOnSale(mesh, "Lamp", 5n);
    await putOnSale(mesh, "Kettle", 5n);
    const token = await tokenOf(crypto.randomUUID(), "orders:read");
    const { stdout } = await runShop(
      ...["--tls", mesh.developerDir, "--catalog", mesh.addressOf("catalog")],
      ...["--orders", mesh.addressOf("orders"), "--token", token],
    );
    expect(stdout.trim().split("\n")).toEqual([
      "2 products, from Kettle to Lamp",
      "catalog.v1.CatalogError: there is no product 00000000-0000-4000-8000-000000000000",
      "INVALID_ARGUMENT: [('id', 'must be a UUID')]",
      "0 orders",
    ]);
  });

  test("calls no server that has the certificate of another service", async () => {
    const calling = runShop("--tls", mesh.developerDir, "--catalog", mesh.addressOf("orders"));
    await expect(calling).rejects.toThrow("Peer name catalog is not in peer certificate");
  });

  test("repeats a query of a service that is unavailable", async () => {
    const certificates = await testCertificates();
    onTestFinished(() => certificates[Symbol.asyncDispose]());
    const dir = await certificates.provide("catalog", ["catalog"]);
    let attempts = 0;
    const listProducts = () => {
      attempts += 1;
      if (attempts < 3) throw new MeshError({ code: "UNAVAILABLE", message: "it starts" });
      throw new MeshError({ code: "INTERNAL", message: "the third attempt" });
    };
    const services = [fake(CatalogService, { listProducts })];
    const log = createLogger({ name: "catalog", level: "silent" });
    const server = await serve({ services, log, credentials: await identityIn(dir) });
    onTestFinished(() => server.close());
    const calling = runShop("--tls", certificates.developerDir, "--catalog", server.address);
    await expect(calling).rejects.toThrow("the third attempt");
    expect(attempts).toBe(3);
  });

  test("joins as a service: it consumes events of the shop, publishes its own, and is called for customers", async () => {
    const productId = await putOnSale(mesh, "Teapot", 5n, 1_000n);
    const shopper = createShopper(mesh.gatewayUrl);
    const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 2 }]));
    const read = await tokenOf(order.customerId, "loyalty:read");
    await expect.poll(() => call("GetPoints", read)).toBe('{"points":"20"}');

    const write = await tokenOf(order.customerId, "loyalty:write");
    const redeem = (points: number, token = write, id = crypto.randomUUID()) =>
      call("RedeemPoints", token, { id, points });
    const reward = crypto.randomUUID();
    expect(await redeem(15, write, reward)).toBe('{"points":"5"}');
    const forged = await createTokens(await testIdentity("gateway")).issue(customerOf(order.customerId), Date.now());
    expect(
      await Promise.all([redeem(15, write, reward), redeem(6), redeem(1, read), redeem(1, forged), call("GetPoints")]),
    ).toEqual([
      '{"points":"5"}',
      "FAILED_PRECONDITION NOT_ENOUGH_POINTS: the customer has 5 points",
      "PERMISSION_DENIED: the scope loyalty:write is missing",
      "UNAUTHENTICATED: the token of the call is not valid",
      "UNAUTHENTICATED: this call must be made for a customer",
    ]);

    const event = await earned(mesh.nats.url);
    expect(event?.header.get("mesh-key")).toBe(order.customerId);
    await verifyEarned(event, mesh.credentials);
  });

  test.each([undefined, "payments"])("dead-letters an event of orders that %s has signed", async (signer) => {
    const [orderId, paymentId] = [crypto.randomUUID(), crypto.randomUUID()];
    const payload = OrderConfirmed.encode({ orderId, paymentId, customerId: crypto.randomUUID() });
    await publishTo(mesh, { subject: "orders.v1.order_confirmed", payload, service: "orders", signer });
    const letter = () => lastMessage(mesh.nats.url, "dead_letters", "dead_letters.loyalty.orders.v1.order_confirmed");
    await expect.poll(async () => Buffer.from((await letter())?.data ?? []).includes(orderId)).toBe(true);
    const reason = signer ? "of another event or service" : "the signature of the event is not valid";
    expect((await letter())?.header.get("mesh-dead-letter-reason")).toContain(reason);
  });

  test("registers again when NATS was lost", async () => {
    const registrations = () => service.output().match(/registered as/g)?.length ?? 0;
    const before = registrations();
    await mesh.nats.kill();
    await expect.poll(() => service.output()).toContain("not registered");
    await mesh.nats.restart();
    await expect.poll(registrations).toBeGreaterThan(before);
  });

  test("leaves the registry when it ends", async () => {
    expect([await service.end(), service.output()]).toEqual([0, expect.stringContaining("listening on")]);
    const entry = await lastMessage(mesh.nats.url, "KV_mesh_registry", "$KV.mesh_registry.loyalty.*");
    expect(entry?.header.get("KV-Operation")).toBe("DEL");
  });

  test("needs no more rights in NATS than a service in TypeScript", async () => {
    const certificates = await testCertificates();
    onTestFinished(() => certificates[Symbol.asyncDispose]());
    const [orders, tlsDir] = await Promise.all([
      certificates.provide("orders", ["orders"]),
      certificates.provide("loyalty", ["loyalty"]),
    ]);
    const app = {
      name: "loyalty",
      folder: "",
      dist: "",
      kind: "service",
      services: [{ name: "loyalty", slug: "loyalty" }],
    } as const;
    const [administrator, user] = await natsUsers(root, [app], "secret");
    if (!administrator || !user) throw new Error("natsUsers returns the administrator and the user of the app");
    // The contract of the example is not one of the repository.
    const own = ["loyalty.v1.points_earned", "$JS.API.STREAM.INFO.loyalty_v1", "$JS.API.STREAM.CREATE.loyalty_v1"];
    await using nats = await testNats([administrator, { ...user, publish: [...user.publish, ...own] }]);
    const identity = await identityIn(orders);
    const log = createLogger({ name: "orders", level: "silent" });
    const [orderId, customerId] = [crypto.randomUUID(), crypto.randomUUID()];
    const order = { id: orderId, customerId, total: { minorUnits: 700n, currency: "EUR" } };
    const getOrder = async () => ({ order: { ...order, ...someOrder } });
    const server = await serve({ services: [fake(OrderService, { getOrder })], log, credentials: identity });
    onTestFinished(() => server.close());
    const bus = connectBus({ url: nats.url, name: "orders", log });
    onTestFinished(() => bus.close());
    const registration = register({ bus, services: ["orders"], address: server.address, log });
    onTestFinished(() => registration.close());

    const natsUrl = urlWithLogin(nats.url, user);
    const copy = await copyExample("python-service");
    onTestFinished(() => rm(copy, { recursive: true, force: true }));
    const joined = await startPythonService({ python: python ?? "", folder: copy, tlsDir, natsUrl });
    onTestFinished(() => void joined.end());
    const payload = OrderConfirmed.encode({ orderId, paymentId: crypto.randomUUID(), customerId });
    const signed = { id: crypto.randomUUID(), subject: "orders.v1.order_confirmed", service: "orders", payload };
    const headers = createHeaders();
    headers.set("mesh-signature", await createEventSignatures(identity).sign(signed, undefined));
    const connection = await bus.connected(AbortSignal.timeout(60_000));
    await storeInStream(connection, signed.subject, payload, { msgID: signed.id, headers });
    await expect.poll(() => earned(nats.url)).toBeDefined();
    await verifyEarned(await earned(nats.url), identity);
    expect(joined.output()).not.toContain("Permissions Violation");
  });
});

test("the examples in Python read contracts in the same way", async () => {
  const [ofClient, ofService] = await Promise.all(
    ["python-client/contracts.py", "python-service/mesh/contracts.py"].map((file) =>
      readFile(join(root, "examples", file), "utf8"),
    ),
  );
  expect(ofService).toBe(ofClient);
});

const someOrder = {
  status: OrderStatus.ORDER_STATUS_CONFIRMED,
  lines: [
    { productId: crypto.randomUUID(), name: "Lamp", quantity: 1, unitPrice: { minorUnits: 700n, currency: "EUR" } },
  ],
  placedAt: new Date(),
  cancelReason: CancelReason.CANCEL_REASON_UNSPECIFIED,
};

const earned = (natsUrl: string) => lastMessage(natsUrl, "loyalty_v1", "loyalty.v1.points_earned");

/** Verifies that loyalty has signed an event, as a consumer in TypeScript does. @throws UntrustedError */
async function verifyEarned(event: Awaited<ReturnType<typeof earned>>, identity: Identity): Promise<void> {
  if (!event) throw new Error("there is no event");
  const { header, subject, data: payload } = event;
  const signed = { id: header.get("Nats-Msg-Id"), subject, service: "loyalty", payload };
  await createEventSignatures(identity).verify(header.get("mesh-signature"), signed);
}
