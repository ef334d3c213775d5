import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { startMesh } from "../../fixtures/mesh.ts";
import { hostsOf } from "./host.ts";

/** Sends a request with the lines of a header, and returns the response. */
async function send(url: string, path: string, lines: readonly string[]): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write([`GET ${path} HTTP/1.1`, ...lines, "Connection: close", "", ""].join("\r\n"));
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

/** Without rate limits, a gateway in production needs no database. */
const production = { isProduction: true, publicOrigins: new Set(["https://shop.example"]), rateLimits: false };

const path = "/trpc/catalog.listProducts?input=%7B%7D";
const paths = [path, "/v1/products", "/", "/openapi.json"];

it("are those of the public origins, with and without the usual port", () => {
  const origins = ["https://shop.example", "http://shop.example:8080", "http://10.0.0.1"];
  expect([...hostsOf(origins)]).toEqual([
    "shop.example",
    "shop.example:443",
    "shop.example:8080",
    "10.0.0.1",
    "10.0.0.1:80",
  ]);
});

describe("in development", () => {
  it.each(["localhost", "shop.localhost:4000", "127.0.0.1:4000", "[::1]:4000", "192.168.1.7", "SHOP.example"])(
    "the gateway has the host %s",
    async (host) => {
      const { url } = await startMesh({}, { settings: { publicOrigins: new Set(["https://shop.example"]) } });
      expect(await send(url, path, [`Host: ${host}`])).toMatch(/^HTTP\/1.1 200 /);
    },
  );
});

describe.each([
  ["in development", {}],
  ["in production", production],
])("%s, a request", (_, settings) => {
  it.each([
    [["Host: evil.example"]],
    [["Host: evil.example@localhost"]],
    [["Host: localhost.evil.example"]],
    [["Host: localhost/../"]],
    [["Host: shop.example.evil.example"]],
    [["Host: shop.example:444"]],
    [["Host:"]],
    [[]],
    [["Host: localhost", "Host: localhost"]],
    [["Host: shop.example", "Host: shop.example"]],
    [["Host: shop.example", "Host: evil.example"]],
    [["Host: evil.example", "Host: shop.example"]],
    [["Host: evil.example", "X-Forwarded-Host: shop.example"]],
  ])("with the lines %j is rejected", async (lines) => {
    const { url } = await startMesh({}, { settings });
    for (const path of paths) expect(await send(url, path, lines)).toMatch(/^HTTP\/1.1 400 /);
  });

  it("of a load balancer may have any host", async () => {
    const { url } = await startMesh({}, { settings });
    for (const path of ["/livez", "/healthz"]) {
      expect(await send(url, path, ["Host: 10.1.2.3:80"])).toMatch(/^HTTP\/1.1 200 /);
      expect(await send(url, path, ["Host: pod.internal"])).toMatch(/^HTTP\/1.1 200 /);
    }
  });
});

it("in production, local names are not those of the gateway", async () => {
  const { url } = await startMesh({}, { settings: production });
  expect(await send(url, path, ["Host: shop.example"])).toMatch(/^HTTP\/1.1 200 /);
  expect(await send(url, path, ["Host: localhost"])).toMatch(/^HTTP\/1.1 400 /);
});
