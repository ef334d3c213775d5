import type { Scope } from "@mesh/runtime";
import { describe, expect, it } from "vitest";
import { openBrowser, refusal } from "../../fixtures/browser.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { customerOf, idOf, orderOf, orderRequest } from "../../fixtures/services.ts";

describe("a customer", () => {
  it("is made on first contact and keeps its orders", async () => {
    const browser = openBrowser((await startMesh()).url);
    await browser.trpc.orders.placeOrder.mutate(orderRequest(1));
    const { cookie } = browser;
    expect(cookie).toMatch(/^mesh_customer=[\da-f-]{36}\.[\w-]{43}$/);
    const { order } = await browser.trpc.orders.getOrder.query({ id: idOf(1) });
    expect(cookie).toContain(`=${order?.customerId}.`);
    expect(browser.cookie).toBe(cookie);
  });

  it("changes nothing before it has a cookie: a repeated call must come from the same customer", async () => {
    let placed = 0;
    const placeOrder = async () => ({ order: orderOf(idOf(++placed), idOf(9)) });
    const { url } = await startMesh({ orders: { placeOrder } });
    const body = JSON.stringify(orderRequest(1));
    const post = (cookie: string) =>
      fetch(`${url}/trpc/orders.placeOrder`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json", cookie },
      });
    const refused = await post("");
    expect([refused.status, await refused.json(), placed]).toMatchObject([
      401,
      { error: { data: { code: "UNAUTHORIZED", retryAfterMs: 0 } } },
      0,
    ]);
    const [cookie = ""] = refused.headers.getSetCookie();
    expect([(await post(cookie.split(";", 1)[0] ?? "")).status, placed]).toEqual([200, 1]);
  });

  it("needs no cookie for a mutation with an Idempotency-Key: a retry comes from the same customer", async () => {
    const customers: string[] = [];
    const placeOrder = async (_request: unknown, scope: Scope) => {
      customers.push(customerOf(scope));
      return { order: orderOf(idOf(1), customerOf(scope)) };
    };
    const { url } = await startMesh({ orders: { placeOrder } });
    const post = async (path: string, key: string, headers = {}) => {
      const { idempotencyKey: _, ...order } = orderRequest(1);
      const response = await fetch(url + path, {
        method: "POST",
        body: JSON.stringify(path === "/v1/orders" ? order : orderRequest(1)),
        headers: { "content-type": "application/json", "idempotency-key": key, ...headers },
      });
      return { status: response.status, cookie: response.headers.getSetCookie()[0]?.split(";", 1)[0] };
    };
    const key = "8e03978e-40d5-43dd-bc93-6894a57f9324";
    const first = await post("/v1/orders", `"${key}"`);
    expect(first).toEqual({ status: 200, cookie: `mesh_customer=${customers[0]}.${first.cookie?.split(".")[1]}` });
    const again = [await post("/v1/orders", key), await post("/trpc/orders.placeOrder", key)];
    expect(again).toEqual([first, first]);
    expect(await post("/v1/orders", key, { cookie: first.cookie })).toEqual({ status: 200, cookie: undefined });
    expect(new Set(customers).size).toBe(1);
    await post("/v1/orders", crypto.randomUUID());
    expect(new Set(customers).size).toBe(2);
    // Other clients may use such a key, too, and must not become the same customer.
    for (const guessable of ["order-1", "create-order-2026-01-31-000001", "00000000-0000-0000-0000-000000000000"]) {
      expect(await post("/trpc/orders.placeOrder", guessable)).toMatchObject({ status: 401 });
    }
    expect(new Set(customers).size).toBe(2);
  });

  it("gets its cookie from a subscription too", async () => {
    const { url } = await startMesh();
    const input = encodeURIComponent(JSON.stringify({ productIds: [idOf(1)] }));
    const response = await fetch(`${url}/trpc/inventory.watchStock?input=${input}`);
    expect(response.headers.getSetCookie()).toHaveLength(1);
    await response.body?.cancel();
  });

  it("does not see another customer's order", async () => {
    const { url } = await startMesh();
    await openBrowser(url).trpc.orders.placeOrder.mutate(orderRequest(1));
    const stranger = openBrowser(url).trpc;
    const asked = [stranger.orders.getOrder, stranger.shop.orderWithProducts].map((query) =>
      query.query({ id: idOf(1) }),
    );
    for (const call of asked) {
      expect((await refusal(call)).data).toMatchObject({ code: "NOT_FOUND", reason: "ORDER_NOT_FOUND" });
    }
  });

  it("cannot become another by changing its cookie", async () => {
    const { url } = await startMesh();
    const victim = openBrowser(url);
    await victim.trpc.orders.placeOrder.mutate(orderRequest(1));
    const thief = openBrowser(url);
    const [name, value] = victim.cookie.split(/[=.]/);
    for (const cookie of [`${name}=${value}`, `${name}=${value}.`, `${victim.cookie.slice(0, -4)}AAAA`]) {
      thief.cookie = cookie;
      expect((await refusal(thief.trpc.orders.getOrder.query({ id: idOf(1) }))).data?.code).toBe("NOT_FOUND");
      expect(thief.cookie).toMatch(/^mesh_customer=[\da-f-]{36}\.[\w-]{43}$/);
      expect(thief.cookie).not.toContain(value);
    }
  });

  it("is recognized by a gateway with the same secret, and by no other", async () => {
    const settings = { cookieSecrets: ["the secret of both, 32 characters"] };
    const browser = openBrowser((await startMesh({}, { settings })).url);
    await browser.trpc.catalog.listProducts.query({});
    const visit = async (options: Parameters<typeof startMesh>[1]) => {
      const { url } = await startMesh({}, options);
      const response = await fetch(`${url}/trpc/catalog.listProducts?input={}`, {
        headers: { cookie: browser.cookie },
      });
      return response.headers.getSetCookie().length;
    };
    expect([await visit({ settings }), await visit({})]).toEqual([0, 1]);
  });

  it("who lacks a scope learns which, before the input is read or a service is called", async () => {
    const principal = { kind: "customer", id: idOf(1) } as const;
    const identify = () => ({ principal, scopes: new Set(["orders:read"]) });
    const { trpc } = openBrowser((await startMesh({}, { identify })).url);
    const { message, data } = await refusal(trpc.orders.placeOrder.mutate({ ...orderRequest(1), name: "" }));
    expect(message).toBe("the caller lacks the scope orders:write");
    expect(data).toMatchObject({ code: "FORBIDDEN", httpStatus: 403, reason: "", violations: [] });
    const joined = await refusal(trpc.shop.orderWithProducts.query({ id: idOf(1) }));
    expect(joined.message).toBe("the caller lacks the scope catalog:read");
  });
});
