import { describe, expect, it } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { clientOf } from "../../fixtures/rest-client.ts";
import { idOf } from "../../fixtures/services.ts";

describe("HTTP", () => {
  it.each([
    ["GET", "/v1/nothing", 404, null],
    ["GET", "/v1/orders/", 404, null],
    ["DELETE", "/v1/orders", 405, "POST, GET, HEAD, OPTIONS"],
    ["POST", `/v1/orders/${idOf(1)}`, 405, "GET, HEAD, OPTIONS"],
    ["GET", "/v1/products/%zz", 400, null],
  ])("%s %s is %d", async (method, path, status, allow) => {
    const { url } = await startMesh();
    const answer = await clientOf(url)(method, path);
    expect([answer.status, answer.headers.get("allow")]).toEqual([status, allow]);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.json).toMatchObject({ type: "about:blank", status, title: expect.any(String) });
  });

  it("rejects bodies that are not JSON by their type, compressed, or too large", async () => {
    const { url } = await startMesh();
    const ask = clientOf(url);
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "multipart/form-data",
      "",
      "application/jsonx",
    ]) {
      expect((await ask("POST", "/v1/orders", "{}", { "content-type": type })).status).toBe(415);
    }
    expect((await ask("POST", "/v1/orders", "{}", { "content-encoding": "gzip" })).status).toBe(415);
    const large = await ask("POST", "/v1/orders", " ".repeat(256 * 1024 + 1));
    expect([large.status, large.headers.get("connection")]).toEqual([413, "close"]);
    for (const type of ["Application/JSON; charset=utf-8", 'application/json;charset="UTF-8"; x=y']) {
      expect((await clientOf(url)("POST", "/v1/orders", "{}", { "content-type": type })).status).toBe(401);
    }
  });

  it("rejects bodies that are not UTF-8, or declared as such, instead of replacing bytes", async () => {
    const { url } = await startMesh();
    const ask = clientOf(url);
    const latin = { "content-type": "application/json; charset=iso-8859-1" };
    expect((await ask("POST", "/v1/orders", "{}", latin)).status).toBe(415);
    for (const path of ["/v1/orders", "/trpc/orders.placeOrder"]) {
      const body = Buffer.from('{"name":"Andr\u00e9"}', "latin1");
      const response = await fetch(url + path, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
      expect([response.status, await response.text()]).toEqual([400, expect.stringContaining("not valid UTF-8")]);
    }
  });

  it("rejects queries that are not percent-encoded UTF-8, instead of replacing bytes", async () => {
    const { url } = await startMesh();
    for (const query of ["page_token=%FF", "page_token=%zz", "%C3&%A9"]) {
      const { status, json } = await clientOf(url)("GET", `/v1/products?${query}`);
      expect([status, json.detail]).toEqual([400, "the query is not percent-encoded UTF-8"]);
    }
  });

  it("rejects clients that do not accept JSON", async () => {
    const { url } = await startMesh();
    const status = async (accept: string) => (await clientOf(url)("GET", "/v1/products", undefined, { accept })).status;
    expect(await status("text/html")).toBe(406);
    expect(await status("application/json;q=0, text/*")).toBe(406);
    for (const accept of ["*/*", "application/*", "text/html, application/json;q=0.1", "Application/JSON"]) {
      expect(await status(accept)).toBe(200);
    }
  });

  it("lists the methods of a path", async () => {
    const { url } = await startMesh();
    const { status, headers } = await clientOf(url)("OPTIONS", "/v1/orders");
    expect([status, headers.get("allow")]).toEqual([204, "POST, GET, HEAD, OPTIONS"]);
    expect((await clientOf(url)("OPTIONS", "/v1/nothing")).status).toBe(404);
  });
});

describe("a page of another origin", () => {
  it("cannot call, by any method", async () => {
    const { url } = await startMesh();
    for (const origin of ["https://evil.example", "null"]) {
      for (const [method, path] of [
        ["POST", "/v1/orders"],
        ["GET", "/v1/products"],
        ["OPTIONS", "/v1/orders"],
      ] as const) {
        const { status, headers } = await clientOf(url)(method, path, undefined, { origin });
        expect([status, headers.get("access-control-allow-origin"), headers.getSetCookie()]).toEqual([403, null, []]);
      }
    }
  });

  it("may call if it is listed", async () => {
    const origin = "https://shop.example";
    const { url } = await startMesh({}, { settings: { origins: new Set([origin]) } });
    const preflight = await clientOf(url)("OPTIONS", "/v1/orders", undefined, { origin });
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      "access-control-allow-origin": origin,
      "access-control-allow-methods": "POST, GET, HEAD",
      "access-control-allow-headers": expect.stringContaining("idempotency-key"),
    });
    const { status, headers } = await clientOf(url)("GET", "/v1/products", undefined, { origin });
    expect([status, headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([200, origin, "origin"]);
  });
});
