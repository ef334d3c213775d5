import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { PaymentService, type PaymentServiceTypes } from "@mesh/contracts/payments/v1";
import { connect, type ServeOptions, serve, type Upstream } from "@mesh/rpc";
import { createLifecycle, type Scope } from "@mesh/runtime";
import { openServices, type Service } from "@mesh/service";
import { fake, openTestService, recordedLog } from "@mesh/testing/service";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";

const root = join(import.meta.dirname, "../..");
/** The examples of docs/middleware.md, each as the file that the page names. */
let folder: string;

beforeAll(async () => {
  // Inside of the repository, so that the examples import its packages.
  folder = await mkdtemp(join(root, "e2e/.examples-"));
  const page = await readFile(join(root, "docs/middleware.md"), "utf8");
  for (const [, name = "", code = ""] of page.matchAll(/`([\w-]+\.ts)`[^`\n]*:\n\n```ts\n(.*?)```/gs)) {
    await writeFile(join(folder, name), code);
  }
  await cp(join(root, "shared/events/fixtures/service/migrations"), join(folder, "migrations"), { recursive: true });
  await writeFile(join(folder, "tsconfig.json"), '{ "extends": "../../tsconfig.base.json", "include": ["*.ts"] }');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Imports an example. */
function example(name: string) {
  return import(pathToFileURL(join(folder, name)).href);
}

/** The names of the steps of an exported list. */
async function stepsOf(file: string, list: string): Promise<string[]> {
  const module = await import(pathToFileURL(join(root, file)).href);
  return module[list].map(({ name }: { name: string }) => name);
}

test("the page lists the steps of each default list, in order", async () => {
  const page = await readFile(join(root, "docs/middleware.md"), "utf8");
  const tables = [...page.matchAll(/\| Middleware \| \|\n\| --- \| --- \|\n((?:\|.*\n)+)/g)];
  const [server, consumer, gateway] = tables.map(([, rows = ""]) =>
    [...rows.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name),
  );
  const [, publisher = ""] = /The defaults of `publish` are ([^.]*)\./.exec(page) ?? [];
  expect(server).toEqual(await stepsOf("shared/rpc/src/index.ts", "defaultServerMiddleware"));
  expect(consumer).toEqual(await stepsOf("shared/events/src/index.ts", "defaultConsumerMiddleware"));
  expect(gateway).toEqual(await stepsOf("gateway/src/policies/defaults.ts", "defaultGatewayMiddleware"));
  const published = [...publisher.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(published).toEqual(await stepsOf("shared/events/src/index.ts", "defaultPublisherMiddleware"));
});

const orderId = "0190f5fe-7f9b-7c3e-8f1a-2b3c4d5e6f70";

test("the examples compile as they stand", async () => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, "-p", folder]).catch((error) => error);
  expect(stdout).toBe("");
});

test("a handler gets what the middleware of its service adds, from the header that a connection adds", async () => {
  const { payments }: { payments: Service } = await example("payments.ts");
  const { connectPayments }: { connectPayments: (address: string) => Upstream<PaymentServiceTypes> } =
    await example("payments-client.ts");
  const { log, logged } = recordedLog();
  const life = createLifecycle({ log });
  const config = { host: "127.0.0.1", port: 0, natsUrl: undefined, peers: {}, drainMs: 100 };
  const { server } = await openServices([{ service: payments, settings: {} }], config, { life, log });
  const upstream = connectPayments(server.address);
  await expect(upstream.client.getPayment({ orderId })).rejects.toMatchObject({ reason: "PAYMENT_NOT_FOUND" });
  expect(logged.find(({ msg }) => msg === "looking for a payment")).toMatchObject({ tenant: "acme" });
  // The connection does not check its requests; the server does.
  await expect(upstream.client.getPayment({ orderId: "no" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  await upstream.close();
  await life.close();
});

test("a handler reads a header, and sets a header and a trailer", async () => {
  const { answers }: { answers: Service } = await example("answers.ts");
  const { log } = recordedLog();
  const life = createLifecycle({ log });
  const config = { host: "127.0.0.1", port: 0, natsUrl: undefined, peers: {}, drainMs: 100 };
  const { server } = await openServices([{ service: answers, settings: {} }], config, { life, log });
  const upstream = connect(PaymentService, { address: server.address });
  const got: unknown[] = [];
  await upstream.client.getPayment(
    { orderId },
    {
      headers: { "x-region": "us" },
      onHeaders: (headers) => got.push(headers.get("x-region")),
      onTrailers: (trailers) => got.push(trailers.get("x-digest-bin")),
    },
  );
  expect(got).toEqual(["us", new Uint8Array([1, 2, 3])]);
  await upstream.close();
  await life.close();
});

test("a server replaces a default step and adds one", async () => {
  const { middleware }: { middleware: NonNullable<ServeOptions["middleware"]> } = await example("limits.ts");
  const { PaymentService, PaymentError } = await import("@mesh/contracts/payments/v1");
  const { connectPayments } = await example("payments-client.ts");
  const scopes: Scope[] = [];
  const { log, logged } = recordedLog();
  let later = 0;
  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now() + later);
  onTestFinished(() => clock.mockRestore());
  const service = fake(PaymentService, {
    async getPayment({ orderId: id }, scope) {
      scopes.push(scope);
      later += 600;
      throw PaymentError.paymentNotFound({ orderId: id });
    },
  });
  const server = await serve({ services: [service], log, middleware, drainMs: 0 });
  const upstream: Upstream<PaymentServiceTypes> = connectPayments(server.address);
  await expect(upstream.client.getPayment({ orderId })).rejects.toMatchObject({ reason: "PAYMENT_NOT_FOUND" });
  expect(scopes[0]?.principal).toEqual({ kind: "service", id: "gateway" });
  await expect.poll(() => logged.find(({ msg }) => msg === "slow call")).toMatchObject({ ms: expect.any(Number) });
  await upstream.close();
  await server.close();
});

test("a handler of events gets what the middleware of its service adds, from the header that a publisher adds", async () => {
  const { PaymentRefunded, PaymentService } = await import("@mesh/contracts/payments/v1");
  const { refunds }: { refunds: Service } = await example("refunds.ts");
  await using opened = await openTestService(PaymentService, refunds);
  await opened.client.refundPayment({ orderId });
  const refunded = () => opened.logged.find(({ msg }) => msg === "refunded");
  await expect.poll(refunded).toMatchObject({ orderId, tenant: "acme" });
  // This one comes without the header.
  await opened.send(PaymentRefunded, { paymentId: orderId, orderId, amount: { minorUnits: 1n, currency: "EUR" } });
  const deadLettered = () => opened.logged.find(({ msg }) => msg === "dead-lettered an event");
  await expect.poll(deadLettered).toMatchObject({ attempt: 1 });
});
