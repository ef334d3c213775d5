import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { pngOf } from "../../fixtures/files.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, orderRequest } from "../../fixtures/services.ts";
import { callerOf } from "../../fixtures/users.ts";

const json = { "content-type": "application/json" };

const mebibyte = 1024 * 1024;

/** A request with a body. */
interface Sent {
  readonly path: string;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function methodOf({ path }: Sent): string {
  return path.includes("/images/") ? "PUT" : "POST";
}

/** Opens a connection and sends the head of a request. */
function begin(url: string, sent: Sent, framing: string): Socket {
  const { path, type, headers = {} } = sent;
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const head = [`${methodOf(sent)} ${path} HTTP/1.1`, "Host: localhost", `Content-Type: ${type}`, framing, ...lines];
  socket.write([...head, "", ""].join("\r\n"));
  return socket;
}

async function readAll(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  // `once` of node:events would reject with an error of the socket, such as EPIPE.
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

/** Sends a body of 50 MiB in chunks, and reads no byte before all of it is sent. */
async function sendAllThenRead(socket: Socket, part: Buffer): Promise<string> {
  socket.pause();
  const chunk = Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);
  for (const part of [...Array<Buffer>(50).fill(chunk), "0\r\n\r\n"]) {
    await new Promise((resolve) => socket.write(part, resolve));
  }
  return readAll(socket.resume());
}

describe("a body of 50 MB", () => {
  const surfaces: readonly Sent[] = [
    { path: "/trpc/orders.placeOrder", type: "application/json" },
    { path: "/trpc/orders.placeOrder?batch=1", type: "application/json" },
    {
      path: "/trpc/orders.placeOrder,orders.placeOrder?batch=1",
      type: "application/json",
      headers: { "trpc-accept": "application/jsonl" },
    },
    { path: "/trpc/catalog.listProducts", type: "application/json" },
    { path: "/trpc/orders.placeOrder", type: "multipart/form-data; boundary=x" },
    { path: "/trpc/orders.placeOrder", type: "application/octet-stream" },
    { path: "/v1/orders", type: "application/json" },
    { path: "/v1/orders", type: "multipart/form-data; boundary=x" },
    { path: `/v1/products/${idOf(1)}/images/${idOf(2)}`, type: "image/png" },
  ];

  /** Starts a gateway whose callers may upload files. */
  const start = () => {
    const uploadProductImage = async (requests: AsyncIterable<unknown>) => {
      for await (const _ of requests);
      return { image: { id: idOf(2), contentType: "image/png", size: 1n } };
    };
    return startMesh({ catalog: { uploadProductImage } }, { identify: () => callerOf("clerk") });
  };
  const partOf = ({ type }: Sent) => (type === "image/png" ? pngOf(mebibyte) : Buffer.alloc(mebibyte, " "));

  it.each(surfaces)("is 413 at $path as $type, also for a client that sends all of it first", async (sent) => {
    const { url } = await start();
    expect(await readAll(begin(url, sent, "Content-Length: 52428800"))).toMatch(/^HTTP\/1.1 413 /);
    const all = await sendAllThenRead(begin(url, sent, "Transfer-Encoding: chunked"), partOf(sent));
    expect(all).toMatch(/^HTTP\/1.1 413 .*connection: close/is);
  });

  it.each(surfaces)("is 413 at $path as $type for fetch, with a length or in chunks", async (sent) => {
    const { url } = await start();
    const body = Buffer.concat(Array<Buffer>(50).fill(partOf(sent)));
    const common = { method: methodOf(sent), headers: { "content-type": sent.type, ...sent.headers } };
    for (const given of [{ body }, { body: new Blob([body]).stream(), duplex: "half" }]) {
      // Its type lacks `duplex`, which a stream needs.
      const response = await fetch(url + sent.path, { ...common, ...given } as RequestInit);
      expect([response.status, (await response.text()).length > 50]).toEqual([413, true]);
    }
  });
});

describe("a client that is slow", () => {
  const surfaces: readonly Sent[] = [
    { path: "/trpc/orders.placeOrder", type: "application/json" },
    { path: "/trpc/orders.placeOrder,orders.placeOrder?batch=1", type: "application/json" },
    {
      path: "/trpc/orders.placeOrder,orders.placeOrder?batch=1",
      type: "application/json",
      headers: { "trpc-accept": "application/jsonl" },
    },
    { path: "/v1/orders", type: "application/json" },
  ];

  /** Sends a byte again and again until the connection is closed. */
  async function drip(socket: Socket, byte: string): Promise<string> {
    const dripping = setInterval(() => socket.write(byte), 20);
    return readAll(socket).finally(() => clearInterval(dripping));
  }

  it.each(surfaces)("to send its headers to $path is 408", async ({ path }) => {
    const { url } = await startMesh({}, { limits: { headersTimeoutMs: 200 } });
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.on("error", () => {});
    socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nX-Slow: `);
    expect(await drip(socket, "x")).toMatch(/^HTTP\/1.1 408 /);
  });

  it.each(surfaces)("to send its body to $path is 408", async (sent) => {
    const { url } = await startMesh({}, { limits: { requestTimeoutMs: 200 } });
    expect(await drip(begin(url, sent, "Content-Length: 10000"), " ")).toMatch(/^HTTP\/1.1 408 /);
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
    const rest = await fetch(`${url}/v1/orders`, init);
    const problem = await rest.text();
    expect([rest.status, JSON.parse(problem).violations.length]).toEqual([400, 20]);
    expect(problem.length).toBeLessThan(4_000);
  });
});

it("JSON nested too deep is rejected by REST, too", async () => {
  const { url } = await startMesh();
  const headers = { ...json, cookie: await cookieOf(url) };
  for (const levels of [101, 100_000]) {
    const body = `{"buyer":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    const response = await fetch(`${url}/v1/orders`, { method: "POST", headers, body });
    expect(response.status).toBe(400);
  }
  expect((await fetch(`${url}/livez`)).status).toBe(200);
});
