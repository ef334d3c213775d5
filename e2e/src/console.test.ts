import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CatalogService, Category } from "@mesh/contracts/catalog/v1";
import { type ConsoleSource, freePort, type RunningConsole, startConsole } from "@mesh/dev";
import { connect } from "@mesh/rpc";
import { type RunningMesh, startMesh, storeInStream } from "@mesh/testing";
import { connect as connectNats } from "nats";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { openBrowser } from "./page.ts";
import { createShopper, orderOf, watchOrder } from "./shopper.ts";
import { putOnSale } from "./stock.ts";

const patience = { timeout: 60_000, interval: 50 };
/** A span of a page. */
const page = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };

let mesh: RunningMesh;
let running: RunningConsole;
let browser: Browser;
let logs: string;
let source: ConsoleSource | undefined;

beforeAll(async () => {
  logs = await mkdtemp(join(tmpdir(), "console-logs-"));
  const port = await freePort();
  running = await startConsole({ port, source: () => source });
  mesh = await startMesh({
    env: {
      METRICS_PORT: "0",
      OTEL_EXPORTER_OTLP_ENDPOINT: running.url,
      OTEL_BSP_SCHEDULE_DELAY: "100",
      LOG_LEVEL: "debug",
    },
  });
  source = sourceOf(mesh);
  browser = await openBrowser();
  await buy();
});
afterAll(async () => {
  await browser?.close();
  await mesh?.close();
  await running?.stop();
  await rm(logs, { recursive: true, force: true });
});

/** The mesh as the runner of `npm start` would describe it, apart from restarts. */
function sourceOf({ nats, apps, databaseUrlOf, addressOf }: RunningMesh): ConsoleSource {
  const names = Object.keys(apps);
  const urls = ["catalog", "orders"].map((app) => ({ app, url: new URL(databaseUrlOf(app)) }));
  return {
    project: "shop",
    natsUrl: nats.url,
    postgresUrl: inject("postgresUrl"),
    collector: undefined,
    proxies: [],
    databases: urls.map(({ app, url }) => ({ app, name: url.pathname.slice(1) })),
    processes: names.map((name) => ({
      name,
      kind: name === "gateway" ? ("gateway" as const) : ("service" as const),
      state: "ready" as const,
      pid: null,
      address: addressOf(name),
      metricsUrl: /"address":"(\S+\/metrics)"/.exec(apps[name]?.output() ?? "")?.[1],
      logFile: join(logs, `${name}.log`),
    })),
    restart: async () => false,
  };
}

/** Places an order with the trace of a page, and follows it until it is confirmed. */
async function buy(): Promise<void> {
  const productId = await putOnSale(mesh, "Kettle", 5n);
  const headers = { traceparent: `00-${page.traceId}-${page.spanId}-01` };
  const shopper = createShopper(mesh.gatewayUrl, { headers });
  const { order } = await shopper.orders.placeOrder.mutate(orderOf([{ productId, quantity: 1 }]));
  await watchOrder(shopper, order?.id ?? "", ({ step }) => step?.event?.$case === "confirmed");
}

// biome-ignore lint/suspicious/noExplicitAny: the tests read JSON, whose shape their assertions check
async function read(path: string): Promise<any> {
  const response = await fetch(`${running.url}/console/api/${path}`);
  expect([response.status, path]).toEqual([200, path]);
  return response.json();
}

test("a call is one trace with the spans of the gateway, the services, their statements and events", async () => {
  const spans = await vi.waitFor(async () => {
    const trace = await read(`trace?id=${page.traceId}`);
    expect(trace.spans).toContainEqual(expect.objectContaining({ name: "process orders.v1.order_confirmed" }));
    return trace.spans;
  }, patience);
  const span = (name: string) => spans.find((one: { name: string }) => one.name === name);
  expect(span("POST /trpc/orders.placeOrder")).toMatchObject({
    process: "gateway",
    kind: "server",
    parentId: page.spanId,
  });
  expect(span("INSERT orders")).toMatchObject({ process: "orders", kind: "client", isError: false });
  expect(span("INSERT orders").attributes).toMatchObject({ "db.operation.name": "INSERT" });
  const call = spans.find(
    ({ name, kind }: Record<string, string>) => kind === "server" && name?.endsWith("/PlaceOrder"),
  );
  expect(call.durationMs).toBeGreaterThan(0);
  // Of the 10 s of the contract, a part is over when the call arrives.
  expect(call.attributes["typemesh.rpc.timeout"]).toBeGreaterThan(0);
  expect(call.attributes["typemesh.rpc.timeout"]).toBeLessThanOrEqual(10);
  const { traces } = await read("traces?text=placeorder");
  expect(traces).toMatchObject([{ traceId: page.traceId, name: "POST /trpc/orders.placeOrder" }]);
});

test("the lines of a trace are found in all logs", async () => {
  const line = (process: string, traceId: string, msg: string) =>
    `${JSON.stringify({ level: 30, time: process === "gateway" ? 1 : 2, name: process, traceId, msg, code: "OK" })}\n`;
  await writeFile(join(logs, "gateway.log"), `plain\n${line("gateway", page.traceId, "begun")}`);
  await writeFile(
    join(logs, "orders.log"),
    line("orders", page.traceId, "done") + line("orders", "1".repeat(32), "other"),
  );
  const { lines } = await read(`logs?trace=${page.traceId}`);
  expect(lines).toMatchObject([
    { process: "gateway", text: "begun", level: "info", details: "code=OK" },
    { process: "orders", text: "done", traceId: page.traceId },
  ]);
});

test("the id of an error leads to its trace", async () => {
  const errorId = "0d3c5b0e-6f0c-4c53-9c25-7a1c5f1d2e3a";
  const line = { level: 50, time: 3, traceId: page.traceId, errorId, msg: "a call failed" };
  await writeFile(join(logs, "payments.log"), `${JSON.stringify(line)}\n`);
  const { traceId, spans } = await read(`trace?id=${errorId}`);
  expect([traceId, spans.length > 0]).toEqual([page.traceId, true]);
  expect((await fetch(`${running.url}/console/api/trace?id=${errorId.replace("0", "1")}`)).status).toBe(404);
  const { lines } = await read(`logs?trace=${page.traceId}`);
  expect(lines.at(-1)).toMatchObject({ process: "payments", level: "error", details: `errorId=${errorId}` });
});

test("services have rates, and streams have consumers", async () => {
  await read("services");
  const { processes } = await read("services");
  const orders = processes.find(({ name }: { name: string }) => name === "orders");
  expect(orders.methods.map(({ name }: { name: string }) => name)).toContain("orders.v1.OrderService/PlaceOrder");
  const { streams } = await read("streams");
  const stream = streams.find(({ name }: { name: string }) => name === "orders_v1");
  expect(stream.messages).toBeGreaterThanOrEqual(2);
  expect(stream.consumers).toContainEqual(expect.objectContaining({ name: "payments_orders_v1_order_placed", lag: 0 }));
});

test("jobs have their state, their attempts and their trace", async () => {
  const { address, credentials } = { address: mesh.addressOf("catalog"), credentials: mesh.credentials };
  const upstream = connect(CatalogService, { address, credentials });
  const price = { minorUnits: 100n, currency: "EUR" };
  const product = { id: crypto.randomUUID(), name: "Kite", category: Category.CATEGORY_TOYS, price };
  const { id } = await upstream.client.startImport({ products: [product] });
  await upstream.close();
  await vi.waitFor(async () => {
    const [catalog] = await read("jobs");
    expect(catalog).toMatchObject({ app: "catalog", schedules: [] });
    expect(catalog.queues).toMatchObject([{ name: "catalog.v1.ImportCatalog", due: 0, completed: 1, failed: 0 }]);
    const traceId = expect.stringMatching(/^[\da-f]{32}$/);
    expect(catalog.jobs).toMatchObject([{ id, state: "completed", attempts: 1, maxAttempts: 3, traceId }]);
  }, patience);
});

const views = ["", "/traces", `/traces/${page.traceId}`, "/streams", "/jobs", "/tables", "/logs"];

test.each([
  [390, "light"],
  [1440, "dark"],
] as const)("every view fits a window of %i px (%s) and has no errors", async (width, colorScheme) => {
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme });
  const tab = await context.newPage();
  const errors: string[] = [];
  tab.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  tab.on("pageerror", (error) => errors.push(error.message));
  const foreign: string[] = [];
  tab.on("request", (request) => request.url().startsWith(running.url) || foreign.push(request.url()));
  for (const view of views) {
    await tab.goto(`${running.url}/console${view}`);
    // The content has arrived, in place of the title alone.
    await tab.locator(".card, .rows, .waterfall, table").first().waitFor();
    const overflow = await tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
    expect([view, overflow]).toEqual([view, 0]);
  }
  expect(errors).toEqual([]);
  expect(foreign).toEqual([]);
  await context.close();
});

test("a dead letter is replayed by a button", async () => {
  const { host, username: user, password: pass } = new URL(mesh.nats.url);
  const connection = await connectNats({ servers: host, user, pass });
  const id = crypto.randomUUID();
  // No service signs it.
  await storeInStream(connection, "payments.v1.payment_failed", "", { msgID: id });
  await connection.close();
  const letters = async () => {
    const { deadLetters } = await read("streams");
    return deadLetters.filter((letter: { id: string }) => letter.id === id);
  };
  await vi.waitFor(async () => expect(await letters()).toHaveLength(1), patience);
  const [{ consumer }] = await letters();
  expect(consumer).toBe("orders_payments_v1_payment_failed");
  const replay = (letter: string) =>
    fetch(`${running.url}/console/api/replay?consumer=${consumer}&id=${letter}`, { method: "POST" });
  expect((await replay(crypto.randomUUID())).status).toBe(404);
  const tab = await browser.newPage();
  await tab.goto(`${running.url}/console/streams`);
  await tab.getByRole("button", { name: `Replay: ${id}` }).click();
  await tab.getByRole("button", { name: `Is tried again: ${id}` }).waitFor();
  // It is still not signed.
  await vi.waitFor(async () => expect(await letters()).toHaveLength(2), patience);
  await tab.close();
});

test("a span of the waterfall shows its attributes and its deadline", async () => {
  const tab = await browser.newPage();
  await tab.goto(`${running.url}/console/traces`);
  await tab.getByRole("link", { name: "POST /trpc/orders.placeOrder" }).click();
  await tab.getByRole("button", { name: /^orders\.v1\.OrderService\/PlaceOrder \d/ }).click();
  await expect.poll(() => tab.locator(".details").textContent()).toMatch(/deadlineafter \S+ m?s; \S+ m?s were left/);
  await tab.close();
});
