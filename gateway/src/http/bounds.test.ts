import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type { MeshErrorShape } from "@mesh/contracts";
import { describe, expect, it, onTestFinished } from "vitest";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { startMesh } from "../../fixtures/mesh.ts";
import { idOf, type Replacements } from "../../fixtures/services.ts";
import type { Limits } from "../limits/limits.ts";

const productId = idOf(1);
const path = `/trpc/inventory.getStock?input=${encodeURIComponent(JSON.stringify({ productId }))}`;

/** An inventory whose calls wait until they are released. */
function heldInventory() {
  const held: (() => void)[] = [];
  const getStock = async () => {
    await new Promise<void>((resolve) => held.push(resolve));
    return { stock: { productId, available: 1n, reserved: 0n } };
  };
  const release = () => {
    for (const resolve of held.splice(0)) resolve();
  };
  onTestFinished(release);
  return { held, release, inventory: { getStock } };
}

/** Opens a connection. `from`: the local address. */
function open(url: string, from = "127.0.0.1"): Socket {
  const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1", localAddress: from });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

function requestTo(path: string, ...lines: readonly string[]): string {
  return [`GET ${path} HTTP/1.1`, "Host: localhost", ...lines, "", ""].join("\r\n");
}

/** Returns everything that a socket receives until it is closed. */
async function allOf(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  // `once` of node:events would reject with an error of the socket, such as EPIPE.
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}

/** Starts a mesh whose log has no lines of its start. */
async function startLogged(replacements: Replacements, limits: Partial<Limits> = {}) {
  const { log, lines } = capturedLog();
  const { url } = await startMesh(replacements, { log, limits });
  lines.length = 0;
  return { url, warnings: () => lines.filter(({ level }) => Number(level) >= 40) };
}

/** Asks for the stock of a product. */
async function ask(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url + path, { headers });
  // Only the members of errors are read.
  const body = (await response.json()) as { error?: MeshErrorShape };
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body };
}

describe("requests on one connection", () => {
  it("run in turn, two may wait, and a third closes it after their responses", async () => {
    const { held, release, inventory } = heldInventory();
    const { url } = await startMesh({ inventory });
    const socket = open(url);
    const all = allOf(socket);
    socket.write(requestTo(path).repeat(5));
    for (let turn = 1; turn <= 3; turn++) {
      await expect.poll(() => held.length).toBe(1);
      release();
    }
    const statuses = [...(await all).matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => Number(status));
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect(held).toEqual([]);
  });

  it("run all if no more than two wait", async () => {
    const { url } = await startMesh();
    const socket = open(url);
    const all = allOf(socket);
    socket.write(requestTo(path).repeat(2) + requestTo(path, "Connection: close"));
    expect([...(await all).matchAll(/HTTP\/1.1 200/g)]).toHaveLength(3);
  });

  it("do not run after the client has left", async () => {
    const { held, release, inventory } = heldInventory();
    const { url } = await startMesh({ inventory });
    const socket = open(url);
    socket.write(requestTo(path).repeat(3));
    await expect.poll(() => held.length).toBe(1);
    socket.destroy();
    release();
    await pause(100);
    expect(held).toEqual([]);
    expect((await fetch(`${url}/livez`)).status).toBe(200);
  });

  it("do not delay those of others, even if there are 8,000", async () => {
    const { url, warnings } = await startLogged({});
    await ask(url);
    const socket = open(url);
    const all = allOf(socket);
    const began = performance.now();
    socket.write(requestTo(path).repeat(8_000));
    const [others] = await Promise.all([Promise.all([ask(url), ask(url), ask(url)]), all]);
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200]);
    // They took 20 s. The machine of a test may be slow.
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(warnings()).toMatchObject([
      { closed: 1, limit: 2, msg: "connections are closed: too many requests wait on one" },
    ]);
  });
});

describe("connections", () => {
  it("of one address have a limit, and others get through", async () => {
    const { url, warnings } = await startLogged({});
    const sockets = Array.from({ length: 1_000 }, () => open(url));
    let closed = 0;
    for (const socket of sockets) socket.resume().once("close", () => closed++);
    await expect.poll(() => closed, { timeout: 20_000 }).toBe(500);
    const one = open(url);
    expect(await allOf(one)).toMatch(/^$|^HTTP\/1.1 429 Too Many Requests\r\n.*Retry-After: 1\r\n/s);
    const other = open(url, "127.0.0.2");
    const all = allOf(other);
    other.write(requestTo(path, "Connection: close"));
    expect(await all).toMatch(/^HTTP\/1.1 200 /);
    expect(warnings().map(({ msg }) => msg)).toEqual(["connections are closed: one address has too many"]);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await fetch(`${url}/livez`).catch(() => undefined))?.status).toBe(200);
  });

  it("of a proxy are not one client's", async () => {
    const { url } = await startMesh({}, { settings: { proxies: 1 }, limits: { connectionsPerAddress: 1 } });
    const idle = open(url);
    await once(idle, "connect");
    expect((await ask(url, { "x-forwarded-for": "203.0.113.7" })).status).toBe(200);
  });
});

describe("requests that run", () => {
  it("have a limit per address, behind proxies too", async () => {
    const { held, release, inventory } = heldInventory();
    const { url } = await startMesh({ inventory }, { settings: { proxies: 1 }, limits: { requestsPerAddress: 2 } });
    const from = (address: string) => ({ "x-forwarded-for": `6.6.6.6, ${address}` });
    const two = [ask(url, from("203.0.113.7")), ask(url, from("203.0.113.7:51234"))];
    await expect.poll(() => held.length).toBe(2);
    const { status, retryAfter, body } = await ask(url, from("203.0.113.7"));
    expect([status, retryAfter, body.error?.data.code]).toEqual([429, "1", "TOO_MANY_REQUESTS"]);
    const rest = await fetch(`${url}/v1/stockLevels/${productId}`, { headers: from("203.0.113.7") });
    expect([rest.status, rest.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await rest.json()).toMatchObject({ code: "RESOURCE_EXHAUSTED", retryAfterMs: 1_000 });
    const other = ask(url, from("203.0.113.8"));
    await expect.poll(() => held.length).toBe(3);
    release();
    expect((await Promise.all([...two, other])).map(({ status }) => status)).toEqual([200, 200, 200]);
    const again = ask(url, from("203.0.113.7"));
    await expect.poll(() => held.length).toBe(1);
    release();
    expect((await again).status).toBe(200);
  });

  it("have a limit per process, and its log has their number", async () => {
    const { held, release, inventory } = heldInventory();
    const { url, warnings } = await startLogged({ inventory }, { requests: 1 });
    const first = ask(url);
    await expect.poll(() => held.length).toBe(1);
    for (let times = 0; times < 3; times++) {
      const socket = open(url);
      const all = allOf(socket);
      socket.write(requestTo(path, "Connection: close"));
      expect(await all).toMatch(/^HTTP\/1.1 503 .*retry-after: 1\r\n/s);
    }
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    release();
    expect((await first).status).toBe(200);
    expect(warnings()).toMatchObject([{ rejected: 1, of: "process", limit: 1 }]);
  });

  it("have a limit per user", async () => {
    const { held, release, inventory } = heldInventory();
    const { url } = await startMesh({ inventory }, { limits: { requestsPerUser: 1 } });
    const first = await fetch(`${url}/trpc/catalog.getProduct?input=%7B%22id%22%3A%22x%22%7D`);
    const cookie = first.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const running = ask(url, { cookie });
    await expect.poll(() => held.length).toBe(1);
    const { status, body } = await ask(url, { cookie });
    expect([status, body.error?.message]).toEqual([
      429,
      "too many requests of this user run at the same time; try again later",
    ]);
    const other = ask(url);
    await expect.poll(() => held.length).toBe(2);
    release();
    expect([(await running).status, (await other).status]).toEqual([200, 200]);
  });

  it("do not include subscriptions", async () => {
    const { url } = await startMesh({}, { limits: { requests: 1 } });
    const input = encodeURIComponent(JSON.stringify({ productIds: [productId] }));
    const socket = open(url);
    socket.write(requestTo(`/trpc/inventory.watchStock?input=${input}`));
    await once(socket, "data");
    expect((await ask(url)).status).toBe(200);
  });
});

it("a deadline begins when a request arrives, so its wait for another one counts", async () => {
  const { inventory } = heldInventory();
  const { url } = await startMesh({ inventory }, { limits: { queryTimeoutMs: 2_000 } });
  const socket = open(url);
  const all = allOf(socket);
  socket.write(requestTo(path) + requestTo(path, "Connection: close"));
  await once(socket, "data");
  const firstAt = performance.now();
  // The first call uses up the time of both.
  expect([...(await all).matchAll(/HTTP\/1.1 504/g)]).toHaveLength(2);
  expect(performance.now() - firstAt).toBeLessThan(1_500);
});
