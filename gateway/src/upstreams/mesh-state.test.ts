import { describe, expect, it } from "vitest";
import { openBrowser, refusal } from "../../fixtures/browser.ts";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { services } from "../../fixtures/router.ts";
import { idOf, orderRequest } from "../../fixtures/services.ts";

async function healthOf(url: string) {
  const response = await fetch(`${url}/healthz`);
  return { status: response.status, body: await response.json() };
}

describe("/healthz", () => {
  it("is 503 until every service has been ready once, and shows no internal reason", async () => {
    const { log, lines } = capturedLog();
    const mesh = await startMesh({}, { down: ["orders"], log });
    await expect.poll(() => healthOf(mesh.url)).toMatchObject({ body: { services: { catalog: { ready: true } } } });
    const waiting = expect.objectContaining({ orders: { ready: false } });
    expect(await healthOf(mesh.url)).toEqual({ status: 503, body: { ready: false, services: waiting } });
    const reason = expect.stringContaining("orders can't be reached");
    const line = expect.objectContaining({ level: 40, service: "orders", reason });
    await expect.poll(() => lines).toContainEqual(line);
    expect((await fetch(`${mesh.url}/livez`)).status).toBe(200);
    await mesh.restart("orders");
    await expect.poll(async () => (await healthOf(mesh.url)).status).toBe(200);
    const all = Object.fromEntries(Object.keys(services).map((name) => [name, { ready: true }]));
    expect((await healthOf(mesh.url)).body).toEqual({ ready: true, services: all });
  });

  it("stays 200 when a service is lost later, and shows which one; the reason is logged once", async () => {
    const { log, lines } = capturedLog();
    const mesh = await startMesh({}, { log });
    await mesh.servers.orders.close();
    const body = { ready: true, services: { catalog: { ready: true }, orders: { ready: false } } };
    await expect.poll(() => healthOf(mesh.url)).toMatchObject({ status: 200, body });
    expect(JSON.stringify(await healthOf(mesh.url))).not.toContain("reached");
    const logged = (msg: string) => lines.filter((line) => line.service === "orders" && line.msg === msg);
    await expect
      .poll(() => logged("a service is not ready"))
      .toMatchObject([{ reason: expect.stringContaining("reached") }]);
    await mesh.restart("orders");
    await expect.poll(() => healthOf(mesh.url)).toMatchObject({ body: { services: { orders: { ready: true } } } });
    expect([logged("a service is not ready").length, logged("a service is ready again").length]).toEqual([1, 1]);
  });
});

describe("a gateway that shuts down", () => {
  it("reports it before it accepts no more calls, so that load balancers leave in time", async () => {
    const mesh = await startMesh({}, { settings: { noticeMs: 500 } });
    const closing = mesh.close();
    expect(await healthOf(mesh.url)).toMatchObject({ status: 503, body: { ready: false, reason: "shutting down" } });
    expect((await openBrowser(mesh.url).trpc.catalog.listProducts.query({})).products).toHaveLength(1);
    await closing;
    await expect(fetch(`${mesh.url}/livez`)).rejects.toThrow();
  });
});

describe("a service that is down", () => {
  it("is named in the error and does not affect others; its calls work again when it is back", async () => {
    const { log, lines } = capturedLog();
    const mesh = await startMesh({}, { log });
    const { trpc } = openBrowser(mesh.url);
    await mesh.servers.catalog.close();
    const { message, data } = await refusal(trpc.catalog.getProduct.query({ id: idOf(1) }));
    expect(message).toBe("catalog can't be reached (catalog.v1.CatalogService/GetProduct)");
    expect(data).toMatchObject({ code: "SERVICE_UNAVAILABLE", httpStatus: 503, reason: "" });
    expect(lines).toContainEqual(expect.objectContaining({ level: 40, path: "catalog.getProduct" }));
    expect((await trpc.inventory.getStock.query({ productId: idOf(1) })).stock?.productId).toBe(idOf(1));
    await mesh.restart("catalog");
    const found = () => trpc.catalog.getProduct.query({ id: idOf(1) }).then(({ product }) => product?.id);
    await expect.poll(found).toBe(idOf(1));
  });

  it("that hangs delays a query until its deadline at most", async () => {
    const getProduct = () => new Promise<never>(() => {});
    const mesh = await startMesh({ catalog: { getProduct } }, { limits: { queryTimeoutMs: 200 } });
    const began = performance.now();
    const { data } = await refusal(openBrowser(mesh.url).trpc.catalog.getProduct.query({ id: idOf(1) }));
    expect(data).toMatchObject({ code: "GATEWAY_TIMEOUT", httpStatus: 504 });
    // The default is 5 s or more.
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it("that hangs delays a mutation until its deadline at most", async () => {
    const placeOrder = () => new Promise<never>(() => {});
    const mesh = await startMesh({ orders: { placeOrder } }, { limits: { mutationTimeoutMs: 200 } });
    const began = performance.now();
    const { data } = await refusal(openBrowser(mesh.url).trpc.orders.placeOrder.mutate(orderRequest(1)));
    expect(data?.code).toBe("GATEWAY_TIMEOUT");
    // The default is 5 s or more.
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
