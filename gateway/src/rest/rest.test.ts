import { describe, expect, it } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { clientOf } from "../../fixtures/rest-client.ts";
import { customerOf, idOf, orderRequest } from "../../fixtures/services.ts";

const { idempotencyKey, ...order } = orderRequest(1);

describe("a route", () => {
  it("responds with the resource, in proto3 JSON: 64 bits as strings, enums by name, times in RFC 3339", async () => {
    const { url } = await startMesh();
    const { status, headers, json } = await clientOf(url)("GET", `/v1/products/${idOf(7)}`);
    expect([status, headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(json).toEqual({
      id: idOf(7),
      name: "~n12",
      description: "",
      category: "CATEGORY_BOOKS",
      price: { minorUnits: "9223372036854775807", currency: "EUR" },
      revision: "9223372036854775807",
      createdAt: "1969-07-20T20:17:40.123Z",
      images: [],
    });
  });

  it("reads its query by the names of the .proto and of JSON, enums by name and by number", async () => {
    const asked: unknown[] = [];
    const listProducts = async (request: unknown) => {
      asked.push(request);
      return { products: [], nextPageToken: "", totalSize: 0n };
    };
    const { url } = await startMesh({ catalog: { listProducts } });
    const ask = clientOf(url);
    const { json } = await ask("GET", "/v1/products?page_size=5&query=a%20b+c&category=CATEGORY_TOYS");
    await ask("GET", "/v1/products?pageSize=5&category=5&pageToken=");
    expect(json).toEqual({ products: [], nextPageToken: "", totalSize: "0" });
    expect(asked).toEqual([
      { pageSize: 5, pageToken: "", query: "a b c", category: 5 },
      { pageSize: 5, pageToken: "", query: "", category: 5 },
    ]);
  });

  it("reads a list from a repeated parameter", async () => {
    const { url } = await startMesh();
    const { status, json } = await clientOf(url)("GET", `/v1/products:batchGet?ids=${idOf(1)}&ids=${idOf(2)}`);
    expect(status).toBe(200);
    expect(json.products.map(({ id }: { id: string }) => id)).toEqual([idOf(1), idOf(2)]);
  });

  it("places and finds an order, with a cookie or an Idempotency-Key", async () => {
    const { url } = await startMesh();
    const ask = clientOf(url);
    const rejected = await ask("POST", "/v1/orders", { ...order, idempotencyKey });
    expect([rejected.status, rejected.headers.get("retry-after")]).toEqual([401, "0"]);
    const known = await ask("POST", "/v1/orders", { ...order, idempotencyKey });
    const unknown = await clientOf(url)("POST", "/v1/orders", order, { "idempotency-key": `"${idOf(8)}"` });
    expect([known.status, unknown.status]).toEqual([200, 200]);
    expect(known.json.status).toBe("ORDER_STATUS_PENDING");
    expect((await ask("GET", `/v1/orders/${known.json.id}`)).json).toEqual(known.json);
    expect((await clientOf(url)("GET", `/v1/orders/${known.json.id}`)).status).toBe(404);
  });

  it("responds to HEAD like GET, without the body", async () => {
    const { url } = await startMesh();
    const ask = clientOf(url);
    const { status, headers, text } = await ask("HEAD", `/v1/products/${idOf(7)}`);
    const { text: whole } = await ask("GET", `/v1/products/${idOf(7)}`);
    expect([status, text, headers.get("content-length")]).toEqual([200, "", String(Buffer.byteLength(whole))]);
  });
});

describe("a caller", () => {
  it("needs the scopes of the method", async () => {
    const caller = { principal: { kind: "customer", id: idOf(1) }, scopes: new Set(["catalog:read"]) } as const;
    const { url } = await startMesh({}, { identify: () => caller });
    const ask = clientOf(url);
    expect((await ask("GET", "/v1/products")).status).toBe(200);
    const { status, json } = await ask("GET", `/v1/orders/${idOf(1)}`);
    expect([status, json.detail]).toEqual([403, "the caller lacks the scope orders:read"]);
  });

  it("is the same as by tRPC", async () => {
    const callers: string[] = [];
    const listOrders = async (_: unknown, scope: Parameters<typeof customerOf>[0]) => {
      callers.push(customerOf(scope));
      return { orders: [], nextPageToken: "" };
    };
    const { url } = await startMesh({ orders: { listOrders } });
    const first = await fetch(`${url}/v1/orders`);
    const cookie = first.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "";
    await fetch(`${url}/trpc/orders.listOrders?input={}`, { headers: { cookie } });
    expect(callers).toEqual([callers[0], callers[0]]);
  });
});
