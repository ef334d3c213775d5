import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { clientOf, parsed } from "../../fixtures/rest-client.ts";
import { idOf, orderRequest } from "../../fixtures/services.ts";

const { idempotencyKey: _key, ...order } = orderRequest(1);

describe("a request that cannot be read", () => {
  const broken: readonly (readonly [string, string, unknown, string, string])[] = [
    ["no JSON", "/v1/orders", '{"items": [}', "", "the body is not valid JSON at line 1, column 12"],
    ["a list", "/v1/orders", [], "", "the body must be a JSON object"],
    ["an unknown field", "/v1/orders", { ...order, colour: "red" }, "colour", "is not a field of PlaceOrderRequest"],
    ["a wrong type", "/v1/orders", { ...order, items: [{ productId: 7 }] }, "items[0].product_id", "must be a string"],
    [
      "a number that is too large",
      "/v1/orders",
      { ...order, items: [{ quantity: 2 ** 31 }] },
      "items[0].quantity",
      "must be a number of type int32",
    ],
    ["no list", "/v1/orders", { ...order, items: {} }, "items", "must be a list"],
    ["a body where there is none", `/v1/products/${idOf(1)}`, {}, "", "this method takes no body"],
    ["an unknown parameter", "/v1/products?colour=red", undefined, "colour", "is not a field of ListProductsRequest"],
    ["a parameter twice", "/v1/products?page_size=1&page_size=2", undefined, "page_size", "is set more than once"],
    [
      "a parameter that is the path's",
      `/v1/products/${idOf(1)}?id=1`,
      undefined,
      "id",
      "is set by the path or the body",
    ],
    ["a wrong number", "/v1/products?page_size=many", undefined, "page_size", "must be a number of type int32"],
    ["a wrong enum", "/v1/products?category=RED", undefined, "category", "must be a value of Category"],
  ];

  it.each(broken)(
    "because of %s gets an error that names the part and the reason",
    async (_, path, body, field, description) => {
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
    },
  );

  it("repeats nothing of what was sent", async () => {
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

  it("may have unknown fields if the gateway ignores them", async () => {
    const { url } = await startMesh({}, { settings: { ignoreUnknown: true } });
    const ask = clientOf(url);
    expect((await ask("GET", "/v1/products?colour=red")).status).toBe(200);
    const request = { ...orderRequest(1), colour: "red", items: [{ ...order.items?.[0], x: 1 }] };
    expect((await ask("POST", "/v1/orders", request)).status).toBe(200);
  });
});

/** Sends a GET with a body, which `fetch` cannot. */
async function getWithBody(url: string, path: string, body: string) {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  const lines = [`GET ${path} HTTP/1.1`, "Host: localhost", "Connection: close", "Content-Type: application/json"];
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
