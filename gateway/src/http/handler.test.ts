import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silent } from "../../fixtures/mesh.ts";
import { defaultLimits as limits } from "../limits/limits.ts";
import { createHandler } from "./handler.ts";
import { replyText } from "./reply.ts";
import { listen, type RunningServer } from "./server.ts";

const state = { ready: false, services: { orders: { ready: false, reason: "orders can't be reached" } } };
let server: RunningServer;
let production: RunningServer;

beforeAll(async () => {
  const reject = (response: ServerResponse, error: unknown) => replyText(response, 400, String(error));
  const options = {
    trpc: {
      handle: async (_request: unknown, response: ServerResponse, path: string) => replyText(response, 200, path),
      reject,
    },
    rest: {
      handle: async (_request: unknown, response: ServerResponse, path: string, query: string) =>
        replyText(response, 404, `${path}?${query}`),
      reject,
    },
    signIn: async (_request: unknown, response: ServerResponse, path: string, query: string) =>
      replyText(response, 200, `sign-in ${path}?${query}`),
    check({ headers }: IncomingMessage) {
      if (headers["x-wrong"]) throw new Error("wrong");
    },
    health: () => state,
  };
  const at = { host: "127.0.0.1", port: 0, limits, log: silent };
  server = await listen(createHandler({ ...options, isProduction: false }), at);
  production = await listen(createHandler({ ...options, isProduction: true }), at);
});

afterAll(() => Promise.all([server.close(100), production.close(100)]));

function ask(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://127.0.0.1:${server.port}${path}`, init);
}

describe("the handler", () => {
  it("describes itself and its paths", async () => {
    const response = await ask("/");
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(await response.text()).toMatch(/\/trpc .*\n\/v1\/… .*\n\/reference .*\n\/healthz .*\n\/livez /);
  });

  it("serves /livez while it is not ready, and /healthz with the reasons", async () => {
    expect((await ask("/livez")).status).toBe(200);
    const response = await ask("/healthz");
    expect([response.status, await response.json()]).toEqual([503, state]);
  });

  it("responds to /healthz with 200 once it is ready", async () => {
    state.ready = true;
    expect((await ask("/healthz?verbose")).status).toBe(200);
    state.ready = false;
  });

  it("passes on requests below /trpc/", async () => {
    expect(await (await ask("/trpc/catalog.listProducts?input=1")).text()).toBe("catalog.listProducts");
    expect((await ask("/trpc/")).status).toBe(200);
  });

  it.each(["/nothing", "/trpc", "/trpcx", "//livez", "/livez/", "/__proto__", "/constructor", "/%zz"])(
    "passes %s on to the routes of the contracts",
    async (path) => {
      expect(await (await ask(`${path}?a=?`)).text()).toBe(`${path}?a=?`);
    },
  );

  it.each(["/trpc/a.b", "/nothing", "/"])("checks requests for %s", async (path) => {
    const response = await ask(path, { headers: { "x-wrong": "1" } });
    expect([response.status, await response.text()]).toEqual([400, "Error: wrong"]);
  });

  it.each(["/livez", "/healthz"])("does not check requests for %s", async (path) => {
    const response = await ask(path, { headers: { "x-wrong": "1" } });
    expect(response.headers.get("content-type")).toBe("application/json");
  });

  it("responds to HEAD without a body", async () => {
    const response = await ask("/livez", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  it.each([
    ["POST", "/livez", "GET, HEAD"],
    ["DELETE", "/", "GET, HEAD"],
    ["PUT", "/trpc/a.b", "GET, POST, OPTIONS"],
    ["HEAD", "/trpc/a.b", "GET, POST, OPTIONS"],
  ])("rejects %s %s", async (method, path, allow) => {
    const response = await ask(path, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
  });

  it.each(["/", "/nothing", "/trpc/a"])("sets security headers for %s", async (path) => {
    const headers = Object.fromEntries((await ask(path)).headers);
    expect(headers).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    expect(headers).not.toHaveProperty("strict-transport-security");
    expect(headers).not.toHaveProperty("x-powered-by");
  });

  it("requires https in production", async () => {
    const { headers } = await fetch(`http://127.0.0.1:${production.port}/livez`);
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
  });
});
