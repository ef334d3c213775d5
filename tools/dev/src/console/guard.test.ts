import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../ports/free-port.ts";
import { type RunningConsole, startConsole } from "./console.ts";

let port: number;
let running: RunningConsole;
const restarted: string[] = [];

beforeAll(async () => {
  port = await freePort();
  const source = {
    project: "shop",
    natsUrl: "nats://127.0.0.1:1",
    postgresUrl: "postgres://127.0.0.1:1/postgres",
    collector: undefined,
    proxies: ["localhost:5173"],
    processes: [],
    databases: [],
    async restart(name: string) {
      restarted.push(name);
      return true;
    },
  };
  running = await startConsole({ port, source: () => source });
});
afterAll(() => running.stop());

/** Sends a request with any headers: `fetch` has no `Host`. */
function send(method: string, path: string, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", method, path, headers }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode));
    });
    sent.once("error", reject).end();
  });
}

const navigation = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "cross-site" };

test.each([
  ["POST", {}, 200],
  ["POST", { origin: "http://localhost:PORT", host: "localhost:PORT" }, 200],
  ["POST", { origin: "http://localhost:5173", host: "localhost:5173", "sec-fetch-site": "same-origin" }, 200],
  ["POST", { origin: "http://evil.example" }, 403],
  ["POST", { origin: "null" }, 403],
  ["POST", { origin: "https://localhost:PORT", host: "localhost:PORT" }, 403],
  ["POST", { origin: "http://localhost:5173", host: "localhost:PORT" }, 403],
  ["POST", { origin: "http://evil.example:PORT", host: "evil.example:PORT" }, 403],
  ["POST", { host: "evil.example:PORT" }, 403],
  ["POST", { host: "localhost:1" }, 403],
  ["POST", { "sec-fetch-site": "cross-site" }, 403],
  ["POST", navigation, 403],
])("a restart by %s with %j gets %i", async (method, headers, status) => {
  restarted.length = 0;
  const own = Object.entries(headers).map(([name, value]) => [name, value.replace("PORT", String(port))]);
  expect(await send(method, "/console/api/restart?process=orders", Object.fromEntries(own))).toBe(status);
  expect(restarted).toEqual(status === 200 ? ["orders"] : []);
});

test("a link of another page opens the console, but no page reads its data or sends it traces", async () => {
  expect(await send("GET", "/console/traces/1", navigation)).toBe(200);
  expect(await send("GET", "/console/api/services", { host: `localhost.evil.example:${port}` })).toBe(403);
  expect(await send("GET", "/console/api/services", { "sec-fetch-site": "same-site" })).toBe(403);
  expect(await send("POST", "/v1/traces", { origin: "http://evil.example" })).toBe(403);
  expect(await send("POST", "/v1/traces", { "content-type": "text/plain" })).toBe(415);
  expect(await send("GET", "/console/api/restart?process=orders", {})).toBe(404);
  expect(await send("GET", "/elsewhere", {})).toBe(404);
});
