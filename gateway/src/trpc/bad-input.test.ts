import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderRequest } from "../../fixtures/services.ts";

const json = { "content-type": "application/json" };

/** Sends a POST whose body never ends by itself, and returns the response. */
async function sendEndless(url: string, path: string, type: string, length: "declared" | "chunked"): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => {});
  const size = length === "declared" ? "Content-Length: 52428800" : "Transfer-Encoding: chunked";
  socket.write([`POST ${path} HTTP/1.1`, "Host: localhost", `Content-Type: ${type}`, size, "", ""].join("\r\n"));
  const chunk = `${(64 * 1024).toString(16)}\r\n${" ".repeat(64 * 1024)}\r\n`;
  let text = "";
  socket.on("data", (data) => {
    text += data;
  });
  const send = () => {
    while (length === "chunked" && !text && !socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", send);
  send();
  // `once` of node:events would reject with an error of the socket, such as EPIPE.
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

describe("a body of 50 MB", () => {
  const surfaces = [
    ["/trpc/orders.placeOrder", "application/json"],
    ["/trpc/orders.placeOrder?batch=1", "application/json"],
    ["/trpc/catalog.listProducts", "application/json"],
    ["/trpc/orders.placeOrder", "multipart/form-data; boundary=x"],
    ["/trpc/orders.placeOrder", "application/octet-stream"],
    ["/v1/orders", "application/json"],
    ["/v1/orders", "multipart/form-data; boundary=x"],
  ] as const;

  it.each(surfaces)("is rejected at %s as %s", async (path, type) => {
    const { url } = await startMesh();
    expect(await sendEndless(url, path, type, "declared")).toMatch(/^HTTP\/1.1 413 /);
    // A client that goes on sending may see a reset before it reads the response.
    expect(await sendEndless(url, path, type, "chunked")).toMatch(/^$|^HTTP\/1.1 413 /);
  });
});

describe("a query whose input is too long for a URL", () => {
  const ids = Array.from({ length: 100 }, (_, index) => idOf(index + 1));

  it("is sent by POST, alone or in a batch", async () => {
    const { url } = await startMesh();
    const input = JSON.stringify({ ids });
    const one = await fetch(`${url}/trpc/catalog.batchGetProducts`, { method: "POST", headers: json, body: input });
    expect([one.status, JSON.parse(await one.text()).result.data.products]).toEqual([200, expect.any(Array)]);
    const body = `{"0":${input},"1":{}}`;
    const paths = "catalog.batchGetProducts,catalog.listProducts?batch=1";
    const two = await fetch(`${url}/trpc/${paths}`, { method: "POST", headers: json, body });
    expect([two.status, JSON.parse(await two.text()).length]).toEqual([200, 2]);
  });

  it("does not let a mutation be a GET", async () => {
    const { url } = await startMesh();
    const input = encodeURIComponent(JSON.stringify(orderRequest(1)));
    expect((await fetch(`${url}/trpc/orders.placeOrder?input=${input}`)).status).toBe(405);
  });
});

describe("a request line", () => {
  it("with a name of 10,000 characters is not echoed", async () => {
    const { url } = await startMesh();
    const name = "x".repeat(10_000);
    for (const path of [`${name}`, `orders.${name}`, `orders.getOrder,${name}?batch=1`]) {
      const text = await (await fetch(`${url}/trpc/${path}`)).text();
      expect(text.length).toBeLessThan(2_000);
    }
    expect((await (await fetch(`${url}/v1/${name}`)).text()).length).toBeLessThan(500);
  });

  it("with a batch of 8,000 is rejected, by its size or its number of calls", async () => {
    const { url } = await startMesh();
    const many = await fetch(`${url}/trpc/${Array(8_000).fill("a.b").join(",")}?batch=1`);
    expect(many.status).toBe(431);
    const some = await fetch(`${url}/trpc/${Array(2_000).fill("a.b").join(",")}?batch=1`);
    expect(some.status).toBe(400);
    expect((await some.text()).length).toBeLessThan(1_000);
  });

  it("with more than 16 KiB of headers is rejected", async () => {
    const { url } = await startMesh();
    const headers = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`x-${index}`, "x".repeat(16)]));
    expect((await fetch(`${url}/livez`, { headers })).status).toBe(431);
  });

  it.each([
    "__proto__",
    "constructor",
    "orders.constructor",
    "orders.__proto__.getOrder",
    "toString",
    "hasOwnProperty",
  ])("with the name %s has no procedure", async (name) => {
    const { url } = await startMesh();
    const post = { method: "POST", headers: json, body: "{}" };
    for (const init of [{}, post]) expect((await fetch(`${url}/trpc/${name}`, init)).status).toBe(404);
    expect((await fetch(`${url}/v1/${name}`)).status).toBe(404);
  });
});

/** Returns the cookie of a new customer. */
async function cookieOf(url: string): Promise<string> {
  return (await fetch(`${url}/trpc/catalog.listProducts?input={}`)).headers.getSetCookie()[0] ?? "";
}

describe("250 KB of invalid items", () => {
  it("get a short response", async () => {
    const { url } = await startMesh();
    const items = Array(80_000).fill("{}").join(",");
    const body = JSON.stringify(orderRequest(1)).replace(/"items":\[.*?\]/, `"items":[${items}]`);
    const init = { method: "POST", headers: { ...json, cookie: await cookieOf(url) }, body };
    const response = await fetch(`${url}/trpc/orders.placeOrder`, init);
    const text = await response.text();
    expect(response.status).toBe(400);
    expect(text).toContain("items");
    // The message names the first five of the twenty violations in the list.
    expect(text).toContain("; and 15 more");
    expect(text.length).toBeLessThan(3_000);
    expect((await fetch(`${url}/v1/orders`, init)).status).toBe(400);
  });
});

it("JSON nested deeper than 64 levels is rejected by REST, too", async () => {
  const { url } = await startMesh();
  const headers = { ...json, cookie: await cookieOf(url) };
  for (const levels of [65, 100_000]) {
    const body = `{"buyer":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    const response = await fetch(`${url}/v1/orders`, { method: "POST", headers, body });
    expect(response.status).toBe(400);
  }
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});
