import { once } from "node:events";
import type { RequestListener } from "node:http";
import { connect, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { silent } from "../../fixtures/mesh.ts";
import { defaultLimits, type Limits } from "../limits/limits.ts";
import { listen } from "./server.ts";

const kibibyte = 1024;

/** Starts a server that responds before a body arrives, and connects to it. */
async function start(headers: Record<string, string>, limits: Partial<Limits> = {}) {
  const targets: (string | undefined)[] = [];
  let closed = Promise.resolve();
  let isComplete = false;
  const handler: RequestListener = (request, response) => {
    targets.push(request.url);
    closed = new Promise((resolve) => request.socket.once("close", () => resolve()));
    request.once("close", () => {
      isComplete = request.complete;
    });
    response.writeHead(413, headers).end("too large");
  };
  const options = { host: "127.0.0.1", port: 0, log: silent, limits: { ...defaultLimits, ...limits } };
  const server = await listen(handler, options);
  const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  onTestFinished(() => {
    socket.destroy();
    return server.close(0);
  });
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  // `closed` resolves when the server has closed the connection.
  return { socket, closed: () => closed, targets, text: () => text, isComplete: () => isComplete };
}

/** Sends the head of a request, and waits for its response. */
async function post(socket: Socket, target: string, length: number): Promise<void> {
  socket.write(`POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`);
  await once(socket, "data");
}

/** Writes until the connection is closed. */
async function writeWhileOpen(socket: Socket, closed: Promise<void>): Promise<void> {
  let isOpen = true;
  const end = closed.then(() => {
    isOpen = false;
  });
  const chunk = Buffer.alloc(64 * kibibyte);
  while (isOpen && !socket.destroyed) await Promise.race([new Promise((resolve) => socket.write(chunk, resolve)), end]);
}

const close = { connection: "close" };
const keepAlive = {};

describe("the rest of a body whose request has its response", () => {
  it("is dropped, and a connection that closes ends after it", async () => {
    const { socket, closed, text, isComplete } = await start(close);
    await post(socket, "/", 3 * kibibyte);
    // The server has sent its end.
    await once(socket, "end");
    socket.write(Buffer.alloc(3 * kibibyte));
    await closed();
    expect([text().slice(0, 12), socket.errored, isComplete()]).toEqual(["HTTP/1.1 413", null, true]);
  });

  it("is dropped, and a connection that stays open gets the next response", async () => {
    const { socket, targets } = await start(keepAlive);
    await post(socket, "/1", 3 * kibibyte);
    socket.write(Buffer.alloc(3 * kibibyte));
    await post(socket, "/2", 0);
    expect(targets).toEqual(["/1", "/2"]);
  });

  it("is no request, whatever it contains", async () => {
    const { socket, closed, targets } = await start(close);
    await post(socket, "/1", 1);
    socket.write("xGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
    await closed();
    expect(targets).toEqual(["/1"]);
  });

  it.each([
    ["closes", close],
    ["stays open", keepAlive],
  ])("has a limit of bytes on a connection that %s", async (_, headers) => {
    const { socket, closed } = await start(headers, { lingerBytes: 64 * kibibyte, lingerMs: 1e9 });
    await post(socket, "/", 1e12);
    await writeWhileOpen(socket, closed());
    await closed();
  });

  it.each([
    ["closes", close],
    ["stays open", keepAlive],
  ])("has a limit of time without a byte on a connection that %s", async (_, headers) => {
    const { socket, closed } = await start(headers, { lingerIdleMs: 100, lingerMs: 1e9 });
    await post(socket, "/", 1_000);
    await closed();
  });

  it.each([
    ["closes", close],
    ["stays open", keepAlive],
  ])("has a limit of time for all of it on a connection that %s", async (_, headers) => {
    const { socket, closed } = await start(headers, { lingerMs: 300, lingerIdleMs: 1e9 });
    await post(socket, "/", 1_000_000);
    const drip = setInterval(() => socket.write("x"), 20);
    await closed();
    clearInterval(drip);
  });
});
