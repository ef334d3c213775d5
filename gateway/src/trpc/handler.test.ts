import { connect } from "node:net";
import type { MeshErrorShape } from "@mesh/contracts";
import { describe, expect, it } from "vitest";
import { openBrowser } from "../../fixtures/browser.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderRequest, productOf } from "../../fixtures/services.ts";

const json = { "content-type": "application/json" };
const product = "catalog.getProduct";

/** Sends a request and returns the status and the JSON of the response. */
async function ask(url: string, init?: RequestInit) {
  const response = await openBrowser(new URL(url).origin).fetch(url, init);
  // Only the members of errors are read; the rest is compared as a whole.
  const body = (await response.json()) as { error: MeshErrorShape };
  return { status: response.status, headers: response.headers, body };
}

function post(url: string, body: string, headers: Record<string, string> = json) {
  return ask(url, { method: "POST", body, headers });
}

/** The URL of a batch of queries. */
function batchOf(url: string, paths: readonly string[], input: unknown): string {
  return `${url}/trpc/${paths.join(",")}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`;
}

describe("a batch", () => {
  it("may have 10 calls; of 11, none runs", async () => {
    let calls = 0;
    const getProduct = async ({ id }: { id: string }) => {
      calls += 1;
      return { product: productOf(id) };
    };
    const { url } = await startMesh({ catalog: { getProduct } });
    const inputs = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [index, { id: idOf(index + 1) }]));
    const ten = await ask(batchOf(url, Array(10).fill(product), inputs));
    expect(ten.body).toHaveLength(10);
    expect([ten.status, calls]).toEqual([200, 10]);
    const eleven = await ask(batchOf(url, Array(11).fill(product), inputs));
    expect(eleven).toMatchObject({ status: 400, body: { error: { data: { code: "BAD_REQUEST" } } } });
    expect(calls).toBe(10);
  });

  it.each([
    ["an empty list", "[]"],
    ["null", "null"],
    ["a number", "1"],
    ["an empty object", "{}"],
    ["what is no JSON", "{"],
    ["an unknown tag", '{"0":{"id":"~x"}}'],
  ])("rejects %s as its input", async (_, input) => {
    const { url } = await startMesh();
    const { status, body } = await ask(`${url}/trpc/${product}?batch=1&input=${encodeURIComponent(input)}`);
    const [refusal] = [body].flat();
    expect([status, refusal?.error.data.code]).toEqual([400, "BAD_REQUEST"]);
  });

  it("has a result for each of its calls", async () => {
    const { url } = await startMesh();
    const { status, body } = await ask(
      batchOf(url, [product, product, "no.such"], { 0: { id: idOf(1) }, 1: { id: "x" } }),
    );
    expect(status).toBe(207);
    expect(body).toMatchObject([
      { result: { data: { product: { id: idOf(1) } } } },
      { error: { data: { code: "BAD_REQUEST" } } },
      { error: { data: { code: "NOT_FOUND" } } },
    ]);
  });
});

describe("a body", () => {
  it("may have at most 256 KiB, with or without a Content-Length", async () => {
    const { url } = await startMesh();
    const place = `${url}/trpc/orders.placeOrder`;
    const padded = (bytes: number) => JSON.stringify(orderRequest(1)).padEnd(bytes, " ");
    expect((await post(place, padded(256 * 1024))).status).toBe(200);
    const { status, body, headers } = await post(place, padded(256 * 1024 + 1));
    expect([status, body.error.data.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
    expect(headers.get("connection")).toBe("close");
    const chunks = new Blob([padded(300 * 1024)]).stream();
    const chunked = { method: "POST", headers: json, body: chunks, duplex: "half" } as RequestInit;
    expect((await ask(place, chunked)).status).toBe(413);
  });

  it("that is declared far too large is rejected before it is sent", async () => {
    const { url } = await startMesh();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    const lines = ["POST /trpc/orders.placeOrder HTTP/1.1", "Host: localhost", "Content-Type: application/json"];
    socket.write([...lines, "Content-Length: 50000000", "", ""].join("\r\n"));
    let answer = "";
    for await (const chunk of socket) answer += chunk;
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it("may be nested up to 204 levels", async () => {
    const { url } = await startMesh();
    const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
    const taken = await post(`${url}/trpc/orders.placeOrder`, deep(204));
    expect(taken.body.error.message).not.toContain("nested");
    for (const levels of [205, 100_000]) {
      const { status, body } = await post(`${url}/trpc/orders.placeOrder`, deep(levels));
      expect([status, body.error.message]).toEqual([400, "nested deeper than 204 levels"]);
    }
  });

  it.each(["", "nonsense", '{"items":', "null", "[]", '"~u"', "1e999"])("is rejected if it is %j", async (text) => {
    const { url } = await startMesh();
    const { status, body } = await post(`${url}/trpc/orders.placeOrder`, text);
    expect([status, body.error.data.code]).toEqual([400, "BAD_REQUEST"]);
  });

  it("with a __proto__ changes only its own message", async () => {
    const { url } = await startMesh();
    const text = JSON.stringify(orderRequest(1)).replace("{", '{"__proto__":{"isAdmin":true},"constructor":{"x":1},');
    expect((await post(`${url}/trpc/orders.placeOrder`, text)).status).toBe(200);
    expect({}).not.toHaveProperty("isAdmin");
  });
});

describe("a page of another origin", () => {
  const place = (url: string) => `${url}/trpc/orders.placeOrder`;

  it.each(["https://evil.example", "null", "http://127.0.0.1:1"])("cannot call if its origin is %s", async (origin) => {
    const { url } = await startMesh();
    const { status, body, headers } = await post(place(url), JSON.stringify(orderRequest(1)), { ...json, origin });
    expect([status, body.error.data.code]).toEqual([403, "FORBIDDEN"]);
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(headers.getSetCookie()).toEqual([]);
    expect((await ask(`${url}/trpc/catalog.listProducts?input={}`, { headers: { origin } })).status).toBe(403);
  });

  it("cannot call with the content types of forms", async () => {
    const { url } = await startMesh();
    const form = new FormData();
    form.set("idempotencyKey", idOf(1));
    expect((await ask(place(url), { method: "POST", body: form })).status).toBe(415);
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream", ""]) {
      const headers = { "content-type": type };
      expect((await post(place(url), JSON.stringify(orderRequest(1)), headers)).status).toBe(415);
    }
    expect((await ask(`${place(url)}?input=${JSON.stringify(orderRequest(1))}`)).status).toBe(405);
  });

  it("may call and read with its cookies if it is listed", async () => {
    const origin = "https://shop.example";
    const { url } = await startMesh({}, { settings: { origins: new Set([origin]) } });
    const preflight = await fetch(place(url), {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "content-type" },
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET, POST",
      "access-control-allow-headers": expect.stringContaining("content-type"),
      "access-control-max-age": "600",
      vary: "origin",
    });
    const { status, headers } = await post(place(url), JSON.stringify(orderRequest(1)), { ...json, origin });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([200, origin]);
    expect(headers.get("vary")).toContain("origin");
    const refused = await fetch(place(url), { method: "OPTIONS", headers: { origin: "https://other.example" } });
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([403, null]);
  });

  it("is neither a page of the gateway itself nor a client without a page", async () => {
    const { url } = await startMesh();
    for (const headers of [{ origin: url }, {}]) {
      expect((await ask(`${url}/trpc/catalog.listProducts?input={}`, { headers })).status).toBe(200);
    }
  });
});

describe("a request", () => {
  it("for an unknown procedure, or by the wrong method, is rejected", async () => {
    const { url } = await startMesh();
    const { status, body } = await ask(`${url}/trpc/orders.__proto__`);
    expect([status, body.error.data.code]).toEqual([404, "NOT_FOUND"]);
    expect((await ask(`${url}/trpc/%E0%A4%A`)).status).toBe(400);
    expect((await ask(`${url}/trpc/orders.placeOrder?input={}`)).status).toBe(405);
    expect((await ask(`${url}/trpc/catalog.createProduct?input={}`)).status).toBe(404);
  });

  it("that is malformed does no harm", async () => {
    const { url } = await startMesh();
    for (const query of ["connectionParams=1", "connectionParams={", "input=%7B&batch=2"]) {
      expect((await ask(`${url}/trpc/${product}?${query}`)).status).toBe(400);
    }
    const { trpc } = openBrowser(url);
    expect((await trpc.catalog.getProduct.query({ id: idOf(1) })).product?.id).toBe(idOf(1));
  });
});
