import { connect } from "node:net";
import { MeshError } from "@mesh/contracts";
import { OrderError } from "@mesh/contracts/orders/v1";
import { describe, expect, it } from "vitest";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { customerOf, idOf, orderOf, orderRequest } from "../../fixtures/services.ts";

const json = { "content-type": "application/json" };

/** A client of REST that keeps its cookie. */
function clientOf(url: string) {
  let cookie = "";
  return async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const init = body === undefined ? {} : { body: text };
    const type = body === undefined ? {} : json;
    const response = await fetch(url + path, {
      method,
      headers: { ...type, ...(cookie ? { cookie } : {}), ...headers },
      ...init,
    });
    const [given] = response.headers.getSetCookie();
    if (given) cookie = given.split(";", 1)[0] ?? "";
    const answer = await response.text();
    return { status: response.status, headers: response.headers, text: answer, json: parsed(answer) };
  };
}

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const { idempotencyKey, ...order } = orderRequest(1);

describe("a route", () => {
  it("answers with the resource, in proto3 JSON: 64 bits as texts, enums by name, times in RFC 3339", async () => {
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
    });
  });

  it("takes its query by the names of the .proto and of JSON, enums by name and by number", async () => {
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

  it("takes a list as a parameter that is repeated", async () => {
    const { url } = await startMesh();
    const { status, json } = await clientOf(url)("GET", `/v1/products:batchGet?ids=${idOf(1)}&ids=${idOf(2)}`);
    expect(status).toBe(200);
    expect(json.products.map(({ id }: { id: string }) => id)).toEqual([idOf(1), idOf(2)]);
  });

  it("of an order: places it, finds it, once the caller is known", async () => {
    const { url } = await startMesh();
    const ask = clientOf(url);
    const first = await ask("POST", "/v1/orders", order, { "idempotency-key": `"${idempotencyKey}"` });
    expect([first.status, first.headers.get("retry-after")]).toEqual([401, "0"]);
    const placed = await ask("POST", "/v1/orders", order, { "idempotency-key": `"${idempotencyKey}"` });
    expect([placed.status, placed.json.status]).toEqual([200, "ORDER_STATUS_PENDING"]);
    expect((await ask("GET", `/v1/orders/${placed.json.id}`)).json).toEqual(placed.json);
    expect((await clientOf(url)("GET", `/v1/orders/${placed.json.id}`)).status).toBe(404);
  });

  it("answers HEAD as GET, without the body", async () => {
    const { url } = await startMesh();
    const ask = clientOf(url);
    const { status, headers, text } = await ask("HEAD", `/v1/products/${idOf(7)}`);
    const { text: whole } = await ask("GET", `/v1/products/${idOf(7)}`);
    expect([status, text, headers.get("content-length")]).toEqual([200, "", String(Buffer.byteLength(whole))]);
  });
});

describe("a request that can't be read", () => {
  const broken: readonly (readonly [string, string, unknown, string, string])[] = [
    ["no JSON", "/v1/orders", '{"items": [}', "", "the body is no JSON from line 1, column 12 on"],
    ["a list", "/v1/orders", [], "", "the body must be a JSON object"],
    ["an unknown field", "/v1/orders", { ...order, colour: "red" }, "colour", "is no field of PlaceOrderRequest"],
    ["a wrong type", "/v1/orders", { ...order, items: [{ productId: 7 }] }, "items[0].product_id", "must be a text"],
    [
      "a number that is too large",
      "/v1/orders",
      { ...order, items: [{ quantity: 2 ** 31 }] },
      "items[0].quantity",
      "must be a number that is int32",
    ],
    ["no list", "/v1/orders", { ...order, items: {} }, "items", "must be a list"],
    ["a body where there is none", `/v1/products/${idOf(1)}`, {}, "", "this takes no body"],
    ["an unknown parameter", "/v1/products?colour=red", undefined, "colour", "is no field of ListProductsRequest"],
    ["a parameter twice", "/v1/products?page_size=1&page_size=2", undefined, "page_size", "is given more than once"],
    ["a parameter that is the path's", `/v1/products/${idOf(1)}?id=1`, undefined, "id", "is no part of the query"],
    ["a wrong number", "/v1/products?page_size=many", undefined, "page_size", "must be a number that is int32"],
    ["a wrong enum", "/v1/products?category=RED", undefined, "category", "must be a value of Category"],
  ];

  it.each(broken)("because of %s is told which part and why", async (_, path, body, field, description) => {
    const { url } = await startMesh();
    const ask = clientOf(url);
    await ask("GET", "/v1/products");
    const method = path === "/v1/orders" ? "POST" : "GET";
    const { status, headers, json } =
      method === "POST" || body === undefined
        ? await ask(method, path, body)
        : await getWithBody(url, path, JSON.stringify(body));
    expect([status, headers.get("content-type")]).toEqual([400, "application/problem+json"]);
    expect(json).toMatchObject({ type: "about:blank", title: "Bad Request", status: 400, code: "INVALID_ARGUMENT" });
    expect(json.violations).toEqual([{ field, description: expect.stringContaining(description), rule: "" }]);
  });

  it("says nothing of what was sent", async () => {
    const { url } = await startMesh();
    const ask = clientOf(url);
    await ask("GET", "/v1/products");
    const secret = "hunter2 <script>";
    const bodies = [`{"email": ${secret}}`, { ...order, email: { secret } }, { ...order, [secret]: secret }];
    for (const body of bodies) expect((await ask("POST", "/v1/orders", body)).text).not.toContain("hunter2");
    const query = encodeURIComponent(secret);
    expect((await ask("GET", `/v1/products?page_size=${query}&${query}=1`)).text).not.toContain("hunter2");
    expect((await ask("GET", `/v1/${query}`)).text).not.toContain("hunter2");
  });

  it("names broken rules with the fields of the contract", async () => {
    const { url } = await startMesh();
    const { status, json } = await clientOf(url)("GET", "/v1/products/7?");
    expect([status, json.violations]).toEqual([
      400,
      [{ field: "id", description: expect.any(String), rule: "string.uuid" }],
    ]);
  });

  it("may say what nobody knows where the gateway ignores that", async () => {
    const { url } = await startMesh({}, { settings: { ignoreUnknown: true } });
    const ask = clientOf(url);
    expect((await ask("GET", "/v1/products?colour=red")).status).toBe(200);
    const request = { ...orderRequest(1), colour: "red", items: [{ ...order.items?.[0], x: 1 }] };
    expect((await ask("POST", "/v1/orders", request)).status).toBe(200);
  });
});

/** What `fetch` refuses to send. */
async function getWithBody(url: string, path: string, body: string) {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const lines = [`GET ${path} HTTP/1.1`, "Host: x", "Connection: close", "Content-Type: application/json"];
  socket.write([...lines, `Content-Length: ${body.length}`, "", body].join("\r\n"));
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  const [head = "", text = ""] = answer.split("\r\n\r\n");
  const headers = new Headers(
    head
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(": ", 2) as [string, string]),
  );
  return { status: Number(head.split(" ")[1]), headers, json: parsed(text) };
}

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

  it("refuses bodies that are no JSON by their type, compressed, or too large", async () => {
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
    expect((await ask("POST", "/v1/orders", "{}", { "content-type": "Application/JSON; charset=utf-8" })).status).toBe(
      401,
    );
  });

  it("refuses clients that do not take JSON", async () => {
    const { url } = await startMesh();
    const status = async (accept: string) => (await clientOf(url)("GET", "/v1/products", undefined, { accept })).status;
    expect(await status("text/html")).toBe(406);
    expect(await status("application/json;q=0, text/*")).toBe(406);
    for (const accept of ["*/*", "application/*", "text/html, application/json;q=0.1", "Application/JSON"]) {
      expect(await status(accept)).toBe(200);
    }
  });

  it("tells what a path takes", async () => {
    const { url } = await startMesh();
    const { status, headers } = await clientOf(url)("OPTIONS", "/v1/orders");
    expect([status, headers.get("allow")]).toEqual([204, "POST, GET, HEAD, OPTIONS"]);
    expect((await clientOf(url)("OPTIONS", "/v1/nothing")).status).toBe(404);
  });
});

describe("a page of another origin", () => {
  it("can't call, by whatever method", async () => {
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

  it("may where it is listed", async () => {
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

describe("an error", () => {
  it("of the contract is a problem with its reason, its metadata and its title", async () => {
    const { url } = await startMesh();
    const { status, json } = await clientOf(url)("GET", `/v1/products/${idOf(404)}`);
    expect(status).toBe(404);
    expect(json).toEqual({
      type: "urn:mesh:error:catalog.v1.CatalogError:PRODUCT_NOT_FOUND",
      title: "There is no product with this id.",
      status: 404,
      detail: "There is no product with this id.",
      code: "NOT_FOUND",
      reason: "PRODUCT_NOT_FOUND",
      domain: "catalog.v1.CatalogError",
      metadata: { productId: idOf(404) },
    });
  });

  it("that says when to try again says it in the header too", async () => {
    const getOrder = async () => {
      throw new MeshError({ code: "RESOURCE_EXHAUSTED", message: "too much", retryAfterMs: 1_200 });
    };
    const { url } = await startMesh({ orders: { getOrder } });
    const { status, headers } = await clientOf(url)("GET", `/v1/orders/${idOf(1)}`);
    expect([status, headers.get("retry-after")]).toEqual([429, "2"]);
  });

  it("that nobody declared says an id, which the log knows, and nothing else", async () => {
    const { log, lines } = capturedLog();
    const getOrder = async () => {
      throw new Error("password hunter2");
    };
    const { url } = await startMesh({ orders: { getOrder } }, { log });
    const { status, text, json } = await clientOf(url)("GET", `/v1/orders/${idOf(1)}`);
    expect([status, text.includes("hunter2")]).toEqual([500, false]);
    const id = /^urn:mesh:incident:([\w-]{12,64})$/.exec(json.instance)?.[1];
    expect(json).toEqual({
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      detail: `internal error (id ${id})`,
      instance: json.instance,
      code: "INTERNAL",
    });
    expect(lines).toContainEqual(expect.objectContaining({ errorId: id, path: "orders.getOrder" }));
  });

  it("has the status of its code", async () => {
    const codes = { FAILED_PRECONDITION: 400, ABORTED: 409, UNAVAILABLE: 503, PERMISSION_DENIED: 403 } as const;
    for (const [code, status] of Object.entries(codes)) {
      const getOrder = async () => {
        throw new MeshError({ code: code as keyof typeof codes, message: "no" });
      };
      const { url } = await startMesh({ orders: { getOrder } });
      expect((await clientOf(url)("GET", `/v1/orders/${idOf(1)}`)).status).toBe(status);
    }
  });
});

describe("who calls", () => {
  it("needs the scopes of the method", async () => {
    const caller = { principal: { kind: "customer", id: idOf(1) }, scopes: new Set(["catalog:read"]) } as const;
    const { url } = await startMesh({}, { identify: () => caller });
    const ask = clientOf(url);
    expect((await ask("GET", "/v1/products")).status).toBe(200);
    const { status, json } = await ask("GET", `/v1/orders/${idOf(1)}`);
    expect([status, json.detail]).toEqual([403, "this needs the scope orders:read"]);
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

describe("an Idempotency-Key", () => {
  async function known(replacements = {}) {
    const { url } = await startMesh(replacements);
    const ask = clientOf(url);
    await ask("GET", "/v1/products");
    return ask;
  }

  it("fills the field that tells tries apart, quoted or bare", async () => {
    const ask = await known();
    for (const key of [`"${idOf(9)}"`, idOf(9)]) {
      const { status, json } = await ask("POST", "/v1/orders", order, { "idempotency-key": key });
      expect([status, json.id]).toEqual([200, idOf(9)]);
    }
  });

  it("may stand in the body as well, but not another one", async () => {
    const ask = await known();
    const body = { ...order, idempotency_key: idOf(9) };
    expect((await ask("POST", "/v1/orders", body)).status).toBe(200);
    expect((await ask("POST", "/v1/orders", body, { "idempotency-key": idOf(9) })).status).toBe(200);
    const { status, json } = await ask("POST", "/v1/orders", body, { "idempotency-key": idOf(8) });
    expect([status, json.violations]).toMatchObject([400, [{ field: "idempotency_key" }]]);
  });

  it.each(["", '"', '"a" "b"', "a b", '"a", "b"', `"${"x".repeat(256)}"`])("%j is none", async (key) => {
    const ask = await known();
    const { status, json } = await ask("POST", "/v1/orders", order, { "idempotency-key": key });
    expect([status, json.violations]).toMatchObject([400, [{ field: "Idempotency-Key" }]]);
  });

  it("that was used for another request is 422", async () => {
    const placeOrder = async () => {
      throw OrderError.idempotencyConflict();
    };
    const ask = await known({ orders: { placeOrder } });
    const { status, json } = await ask("POST", "/v1/orders", order, { "idempotency-key": idOf(9) });
    expect([status, json]).toMatchObject([
      422,
      { type: "urn:mesh:error:orders.v1.OrderError:IDEMPOTENCY_CONFLICT", title: expect.stringContaining("key") },
    ]);
  });

  it("is of no concern to a call that may be repeated anyway", async () => {
    const cancelOrder = async ({ id }: { id: string }) => ({ order: orderOf(id, idOf(1), idOf(2)) });
    const ask = await known({ orders: { cancelOrder } });
    for (const body of [undefined, {}, { id: idOf(3) }]) {
      const { status, json } = await ask("POST", `/v1/orders/${idOf(3)}:cancel`, body, { "idempotency-key": '"a"' });
      expect([status, json.id]).toEqual([200, idOf(3)]);
    }
    const other = await ask("POST", `/v1/orders/${idOf(3)}:cancel`, { id: idOf(4) });
    expect([other.status, other.json.violations]).toMatchObject([400, [{ field: "id" }]]);
  });
});
