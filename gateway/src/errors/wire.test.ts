import { type Code, codes, httpStatusOf, MeshError, type MeshErrorShape } from "@mesh/contracts";
import { CatalogError, CatalogService } from "@mesh/contracts/testing/catalog/v1";
import { OrderError } from "@mesh/contracts/testing/orders/v1";
import { connect } from "@mesh/rpc";
import type { Scope } from "@mesh/runtime";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { openBrowser, refusal } from "../../fixtures/browser.ts";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { serveForeign } from "../../fixtures/foreign-server.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { services } from "../../fixtures/router.ts";
import { idOf, orderOf, orderRequest, stepOf } from "../../fixtures/services.ts";
import { subscriber } from "../../fixtures/subscriber.ts";
import { trpcCodes } from "./trpc-codes.ts";

/** Makes placing an order fail. Returns the browser's error, the lines of the gateway's log, and the trace of the call. */
async function failWith(thrown: unknown) {
  const { log, lines } = capturedLog();
  let traceId = "";
  const placeOrder = async (_: unknown, { trace }: Scope) => {
    traceId = trace.traceId;
    throw thrown;
  };
  const { url } = await startMesh({ orders: { placeOrder } }, { log });
  const { trpc } = openBrowser(url);
  await trpc.catalog.listProducts.query({});
  const error = await refusal(trpc.orders.placeOrder.mutate(orderRequest(1)));
  return { error, traceId, lines: lines.filter(({ path }) => path === "orders.placeOrder") };
}

afterEach(() => vi.unstubAllEnvs());

describe("an error on its way to the browser", () => {
  it("keeps code, reason, domain and metadata of what a service declares", async () => {
    const { error, lines } = await failWith(OrderError.outOfStock({ productId: idOf(1), requested: 3, available: 2n }));
    expect(error.message).toBe("The stock of a product is too low.");
    expect(error.data).toEqual({
      code: "PRECONDITION_FAILED",
      httpStatus: 412,
      path: "orders.placeOrder",
      reason: "OUT_OF_STOCK",
      domain: "orders.v1.OrderError",
      metadata: { productId: idOf(1), requested: 3, available: 2n },
      violations: [],
    });
    expect(lines).toMatchObject([{ level: 20, code: "PRECONDITION_FAILED", reason: "OUT_OF_STOCK" }]);
  });

  it("keeps the violations of a declared error and when to try again", async () => {
    const violations = [{ field: "items[0].quantity", description: "too many", rule: "" }];
    const metadata = { productId: idOf(1), requested: 3, available: 2n };
    const { error } = await failWith(OrderError.outOfStock(metadata, { violations, retryAfterMs: 1_500 }));
    expect(error.data).toMatchObject({ reason: "OUT_OF_STOCK", violations, retryAfterMs: 1_500 });
  });

  it("keeps the violations that a service finds, and when to try again", async () => {
    const violations = [
      { field: "items[0].quantity", description: "too many", rule: "orders.stock" },
      { field: "items[0].id", description: "no", rule: "string.uuid", rulePath: "repeated.items.string.uuid" },
      { field: 'names[""]', description: "no", rule: "string.uuid", rulePath: "map.keys.string.uuid", forKey: true },
    ];
    const refused = new MeshError({ code: "RESOURCE_EXHAUSTED", message: "~slowly", violations, retryAfterMs: 1_500 });
    const { error } = await failWith(refused);
    expect(error.message).toBe("~slowly");
    expect(error.data).toMatchObject({ code: "TOO_MANY_REQUESTS", violations, retryAfterMs: 1_500 });
  });

  it("says when to try again after an overload, an outage, and in a batch, by tRPC and by REST", async () => {
    const exhausted = new MeshError({ code: "RESOURCE_EXHAUSTED", message: "busy", retryAfterMs: 1_200 });
    const handlers = {
      getProduct: async () => Promise.reject(exhausted),
      listProducts: async () => Promise.reject(new MeshError({ code: "UNAVAILABLE", message: "moving" })),
    };
    const { url } = await startMesh({ catalog: handlers });
    const [one, all] = [JSON.stringify({ id: idOf(1) }), JSON.stringify({ 0: { id: idOf(1) }, 1: {} })];
    const paths = [
      `/trpc/catalog.getProduct?input=${encodeURIComponent(one)}`,
      `/v1/products/${idOf(1)}`,
      "/trpc/catalog.listProducts?input={}",
      "/v1/products",
      `/trpc/catalog.getProduct,catalog.listProducts?batch=1&input=${encodeURIComponent(all)}`,
    ];
    const responses = await Promise.all(paths.map((path) => fetch(`${url}${path}`)));
    const found = responses.map(({ status, headers }) => [status, headers.get("retry-after")]);
    expect(found).toEqual([
      [429, "2"],
      [429, "2"],
      [503, "1"],
      [503, "1"],
      [207, "2"],
    ]);
    expect(await responses[2]?.json()).toMatchObject({ error: { data: { retryAfterMs: 1_000 } } });
  });

  it("has only an id if a handler threw something undeclared", async () => {
    const { error, lines, traceId } = await failWith(new TypeError("hunter2 is not a function"));
    const { id } = error.data ?? {};
    expect(error.message).toBe(`internal error (id ${id})`);
    expect(error.data).toMatchObject({ code: "INTERNAL_SERVER_ERROR", httpStatus: 500, reason: "", metadata: {} });
    const call = { path: "orders.placeOrder", traceId, code: "INTERNAL_SERVER_ERROR", errorId: id };
    expect(lines).toEqual([{ level: 40, time: expect.any(Number), ...call, msg: "a call failed" }]);
  });

  it("hides a reason that the method does not declare, under the id of the service's log", async () => {
    const thrown = CatalogError.productNotFound({ productId: "hunter2" }, { message: "hunter2" });
    const { error, lines } = await failWith(thrown);
    expect(error.message).toMatch(/^internal error \(id [\da-f]{12}\)$/);
    expect(error.data).toMatchObject({ code: "INTERNAL_SERVER_ERROR", reason: "", domain: "", metadata: {} });
    expect(JSON.stringify(error.shape)).not.toContain("hunter2");
    expect(lines).toMatchObject([{ level: 40, errorId: error.data?.id, msg: "a call failed" }]);
  });

  it("has the code and a neutral text if a service lets the error of a service behind it escape", async () => {
    const { log, lines } = capturedLog();
    let address = "";
    const placeOrder = async (_: unknown, scope: Scope) => {
      const peer = connect(CatalogService, { address });
      onTestFinished(() => peer.close());
      await peer.bind(scope).getProduct({ id: idOf(404) });
      throw new Error("there is such a product");
    };
    const { url, servers } = await startMesh({ orders: { placeOrder } }, { log });
    address = servers.catalog.address;
    const { trpc } = openBrowser(url);
    await trpc.catalog.listProducts.query({});
    const { message, data } = await refusal(trpc.orders.placeOrder.mutate(orderRequest(1)));
    expect(message).toMatch(/^catalog rejected catalog\.v1\.CatalogService\/GetProduct \(id [\da-f]{12}\)$/);
    expect(data).toMatchObject({ code: "NOT_FOUND", httpStatus: 404, reason: "", domain: "", metadata: {} });
    const [line] = lines.filter(({ path }) => path === "orders.placeOrder");
    expect(line).toMatchObject({ level: 20, code: "NOT_FOUND", msg: "a call was rejected" });
    expect(line).not.toHaveProperty("message");
  });

  const secret = "pq: password authentication failed for shop at 10.0.0.7";

  it.each(Object.entries(codes))(
    "has no text of a server that is not of the mesh, with the code %s",
    async (name, code) => {
      const address = await serveForeign(code, secret);
      const peers = Object.fromEntries(Object.keys(services).map((service) => [service, address]));
      const { log, lines } = capturedLog();
      const { url } = await startMesh({}, { log, settings: { peers } });
      const input = encodeURIComponent(JSON.stringify({ id: idOf(1) }));
      const trpc = await fetch(`${url}/trpc/catalog.getProduct?input=${input}`);
      // Another method: of equal failures, only the first is logged.
      const rest = await fetch(`${url}/v1/products`);
      const [trpcText, restText] = [await trpc.text(), await rest.text()];
      expect(trpcText + restText).not.toMatch(/password|10\.0\.0/);
      expect(JSON.parse(trpcText).error.data.code).toBe(trpcCodes[name as Code]);
      expect(rest.status).toBe(httpStatusOf(name as Code));
      expect(lines.filter((line) => JSON.stringify(line).includes(secret))).toHaveLength(2);
    },
  );

  it("is what its procedure declares if a service fails in the middle of a stream", async () => {
    const failing = (thrown: MeshError) =>
      async function* ({ id }: { id: string }) {
        yield stepOf(orderOf(id, idOf(9), idOf(1)), 1);
        throw thrown;
      };
    const outcome = async (thrown: MeshError) => {
      const { trpc } = openBrowser((await startMesh({ orders: { watchOrder: failing(thrown) } })).url);
      const seen = subscriber((callbacks) => trpc.orders.watchOrder.subscribe({ id: idOf(1) }, callbacks));
      await expect.poll(() => [...seen.errors, ...seen.passing].length).toBeGreaterThan(0);
      seen.unsubscribe();
      return [...seen.errors, ...seen.passing][0]?.data;
    };
    expect(await outcome(OrderError.orderNotFound({ orderId: idOf(1) }))).toMatchObject({
      code: "NOT_FOUND",
      reason: "ORDER_NOT_FOUND",
      metadata: { orderId: idOf(1) },
    });
    const hidden = await outcome(CatalogError.productNotFound({ productId: "hunter2" }));
    expect(hidden).toMatchObject({ code: "INTERNAL_SERVER_ERROR", reason: "", metadata: {} });
  });

  it("of a procedure written by hand is what the procedure declares", async () => {
    const { trpc } = openBrowser((await startMesh()).url);
    const { data } = await refusal(trpc.shop.orderWithProducts.query({ id: idOf(7) }));
    expect(data).toMatchObject({ reason: "ORDER_NOT_FOUND", metadata: { orderId: idOf(7) } });
  });

  it("names the field of an invalid input, without calling the service", async () => {
    let calls = 0;
    const placeOrder = () => Promise.reject(new Error(`call ${++calls}`));
    const { trpc } = openBrowser((await startMesh({ orders: { placeOrder } })).url);
    const items = [{ productId: "x", quantity: 0 }];
    const { data, message } = await refusal(
      trpc.orders.placeOrder.mutate({ ...orderRequest(1), items, email: "nobody" }),
    );
    expect(data).toMatchObject({ code: "BAD_REQUEST", httpStatus: 400, reason: "" });
    expect(data?.violations.map(({ field, rule }) => [field, rule])).toEqual([
      ["items[0].product_id", "string.uuid"],
      ["items[0].quantity", "int32.gte_lte"],
      ["email", "string.email"],
    ]);
    expect(message).toContain("items[0].quantity: ");
    expect(calls).toBe(0);
  });

  it.each([
    ["an empty cart", { items: [] }, "items"],
    ["a negative quantity", { items: [{ productId: idOf(1), quantity: -1 }] }, "items[0].quantity"],
    ["a quantity that is no int32", { items: [{ productId: idOf(1), quantity: 2 ** 53 }] }, "items[0].quantity"],
    ["a wrong UUID", { idempotencyKey: "1" }, "idempotency_key"],
    ["a name over its limit", { name: "x".repeat(121) }, "name"],
    ["an invalid date in the place of a text", { name: new Date(Number.NaN) }, "name"],
  ])("names the field of %s", async (_, wrong, field) => {
    const { trpc } = openBrowser((await startMesh()).url);
    const input = { ...orderRequest(1), ...wrong };
    const { data } = await refusal(trpc.orders.placeOrder.mutate(input as ReturnType<typeof orderRequest>));
    expect(data?.violations.map((violation) => violation.field)).toEqual([field]);
  });

  it("reports 20 violations at most", async () => {
    const { trpc } = openBrowser((await startMesh()).url);
    const items = Array.from({ length: 50 }, () => ({ productId: "x", quantity: 0 }));
    const { data } = await refusal(trpc.orders.placeOrder.mutate({ ...orderRequest(1), items }));
    expect(data?.violations).toHaveLength(20);
  });

  it.each(["development", "production", "test"])("never carries a stack if NODE_ENV is %s", async (mode) => {
    vi.stubEnv("NODE_ENV", mode);
    for (const thrown of [new Error("hunter2"), OrderError.orderNotFound({ orderId: idOf(1) })]) {
      const { error } = await failWith(thrown);
      expect(error.data).not.toHaveProperty("stack");
      expect(JSON.stringify(error.shape)).not.toMatch(/hunter2|\.ts:\d|node_modules/);
    }
  });

  it("has only an id if a result cannot be serialized", async () => {
    const { log, lines } = capturedLog();
    const { url } = await startMesh(
      {},
      { log, procedures: (procedureFor) => ({ broken: procedureFor([]).query(() => new Set(["hunter2"])) }) },
    );
    const response = await fetch(`${url}/trpc/broken`);
    const { error } = (await response.json()) as { error: MeshErrorShape };
    expect([response.status, error.message]).toEqual([500, `internal error (id ${error.data.id})`]);
    const errors = lines.filter(({ level }) => level === 50);
    expect(errors).toMatchObject([{ errorId: error.data.id, err: { message: "a Set can't travel" } }]);
  });
});
