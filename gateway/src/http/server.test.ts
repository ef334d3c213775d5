import { once } from "node:events";
import type { RequestListener, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { silent } from "../../fixtures/mesh.ts";
import { defaultLimits } from "../limits/limits.ts";
import { listen, type RunningServer } from "./server.ts";

const running: RunningServer[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.close(0))));

async function start(handler: RequestListener, limits = {}): Promise<RunningServer> {
  const server = await listen(handler, {
    host: "127.0.0.1",
    port: 0,
    limits: { ...defaultLimits, ...limits },
    log: silent,
  });
  running.push(server);
  return server;
}

const ok: RequestListener = (_request, response) => void response.end("ok");

async function open({ port }: RunningServer): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** Returns everything that a socket receives until the other side closes it. */
async function allOf(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += chunk;
  return text;
}

describe("listen", () => {
  it("rejects headers that are too large", async () => {
    const server = await start(ok, { headerBytes: 4 * 1024 });
    const url = `http://127.0.0.1:${server.port}/`;
    const taken = await fetch(url, { headers: { "x-much": "x".repeat(3 * 1024) } });
    const refused = await fetch(url, { headers: { "x-much": "x".repeat(5 * 1024) } });
    expect([taken.status, refused.status]).toEqual([200, 431]);
  });

  it("ends a connection that is slow to send its headers", async () => {
    const socket = await open(await start(ok, { headersTimeoutMs: 100 }));
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n");
    expect(await allOf(socket)).toMatch(/^HTTP\/1.1 408/);
  });

  it("ends a connection that is slow to send its body", async () => {
    const late: RequestListener = (request, response) => void request.on("end", () => response.end()).resume();
    const socket = await open(await start(late, { headersTimeoutMs: 100, requestTimeoutMs: 200 }));
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx");
    expect(await allOf(socket)).toMatch(/^HTTP\/1.1 408/);
  });

  it("ends a connection whose client has stopped reading", async () => {
    let isClosed = false;
    const server = await start(
      (_request, response) => {
        response.once("close", () => {
          isClosed = true;
        });
        response.end(Buffer.alloc(50_000_000));
      },
      { idleMs: 200 },
    );
    const socket = await open(server);
    socket.pause();
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await expect.poll(() => isClosed).toBe(true);
    socket.destroy();
  });

  it("keeps connections longer than load balancers do", async () => {
    const { headers } = await fetch(`http://127.0.0.1:${(await start(ok)).port}/`);
    expect(headers.get("keep-alive")).toBe("timeout=300");
  });

  it("accepts no more connections than the limit", async () => {
    const server = await start(ok, { connections: 1 });
    await open(server);
    const second = await open(server);
    expect(await allOf(second)).toBe("");
  });

  it("closes immediately if no request is running, whoever is connected", async () => {
    const server = await start(ok);
    await (await fetch(`http://127.0.0.1:${server.port}/`)).text();
    await open(server);
    const began = performance.now();
    await server.close(120_000);
    expect(performance.now() - began).toBeLessThan(60_000);
  });

  it("waits for a running response, and closes right after it", async () => {
    const held: ServerResponse[] = [];
    const server = await start((_request, response) => void held.push(response));
    const answer = fetch(`http://127.0.0.1:${server.port}/`).then((response) => response.text());
    await expect.poll(() => held.length).toBe(1);
    const closing = server.close(120_000);
    const began = performance.now();
    held[0]?.end("late");
    expect(await answer).toBe("late");
    await closing;
    expect(performance.now() - began).toBeLessThan(60_000);
  });

  it("cuts hanging connections when the time is up", async () => {
    let asked = false;
    const server = await start(() => {
      asked = true;
    });
    const socket = await open(server);
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await expect.poll(() => asked).toBe(true);
    const began = performance.now();
    await server.close(200);
    expect(performance.now() - began).toBeGreaterThan(150);
    expect(await allOf(socket)).toBe("");
  });

  it("reports that a port is in use", async () => {
    const { port } = await start(ok);
    await expect(listen(ok, { host: "127.0.0.1", port, limits: defaultLimits, log: silent })).rejects.toThrow(
      "EADDRINUSE",
    );
  });
});
