import { once } from "node:events";
import { constants, createServer as createHttp2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { MeshError } from "@mesh/contracts";
import { expect, onTestFinished, test } from "vitest";
import { echoOrWait } from "../fixtures/echo-or-wait.ts";
import { startProxy } from "../fixtures/proxy.ts";
import { collect, connectEcho, serveEcho } from "../fixtures/servers.ts";

// A server on nghttp2, as Node's is, closes a connection after about 1,000 quick resets, with the calls of all clients that
// share it.
const rounds = 60;
const perRound = 40;

test("2,400 calls that their caller gives up fail no other call", async () => {
  const { client, waiting } = await echoOrWait();
  for (let round = 1; round <= rounds; round++) {
    const controller = new AbortController();
    const given = Array.from({ length: perRound }, () => client.unary({}, { signal: controller.signal }));
    const others = Array.from({ length: 10 }, (_, number) => client.unary({ text: "other", number }));
    await expect.poll(waiting, { interval: 1 }).toBe(round * perRound);
    controller.abort();
    expect(new Set((await Promise.allSettled(given)).map(({ status }) => status))).toEqual(new Set(["rejected"]));
    await Promise.all([...others, client.unary({ text: "after" })]);
  }
});

test("2,400 calls whose time is up fail no other call", async () => {
  const { client } = await echoOrWait();
  for (let round = 0; round < rounds; round++) {
    const late = Array.from({ length: perRound }, () => client.unary({}, { timeoutMs: 20 }));
    const others = Array.from({ length: 10 }, (_, number) => client.unary({ text: "other", number }));
    await Promise.all(late.map((call) => expect(call).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" })));
    await Promise.all(others);
  }
});

test("2,400 streams that are left fail no other stream, and none of the calls beside them", async () => {
  const { client, waiting, open } = await echoOrWait();
  const long = client.down({ text: "long" })[Symbol.asyncIterator]();
  await long.next();
  for (let round = 1; round <= rounds; round++) {
    const controller = new AbortController();
    const given = Array.from({ length: perRound }, () => collect(client.down({}, { signal: controller.signal })));
    const [message] = await collect(client.down({ text: "other" }));
    expect(message).toMatchObject({ text: "other" });
    await expect.poll(waiting, { interval: 1 }).toBe(round * perRound);
    controller.abort();
    await Promise.allSettled(given);
    await client.unary({ text: "unary" });
  }
  open();
  expect(await long.next()).toMatchObject({ done: true });
});

test.each([
  ["NO_ERROR", constants.NGHTTP2_NO_ERROR],
  ["PROTOCOL_ERROR", constants.NGHTTP2_PROTOCOL_ERROR],
  ["INTERNAL_ERROR", constants.NGHTTP2_INTERNAL_ERROR],
  ["STREAM_CLOSED", constants.NGHTTP2_STREAM_CLOSED],
  ["REFUSED_STREAM", constants.NGHTTP2_REFUSED_STREAM],
  ["CANCEL", constants.NGHTTP2_CANCEL],
])("a call whose stream a server or a proxy resets with %s is UNAVAILABLE, and may be made again", async (_, code) => {
  const server = createHttp2Server().listen(0, "127.0.0.1");
  server.on("stream", (stream: ServerHttp2Stream) => stream.on("error", () => {}).close(code));
  await once(server, "listening");
  const { client, close } = connectEcho({ address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  onTestFinished(async () => {
    await close();
    server.close();
  });
  const expected = { code: "UNAVAILABLE", retryAfterMs: expect.any(Number) };
  await expect(client.unary({})).rejects.toMatchObject(expected);
  await expect(collect(client.down({}))).rejects.toMatchObject(expected);
});

test.each(["RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"] as const)(
  "1,200 calls that fail with the server's own %s share a connection",
  async (code) => {
    const server = await serveEcho({ unary: () => Promise.reject(new MeshError({ code, message: "of the server" })) });
    const proxy = await startProxy(server.port);
    const { client } = connectEcho(proxy);
    for (let round = 0; round < 2 * rounds; round++) {
      const calls = Array.from({ length: 10 }, () => client.unary({}));
      await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code, message: "of the server" })));
    }
    expect(proxy.connections()).toBe(1);
  },
);

const head = { ":status": 200, "content-type": "application/grpc" };
const statusOf = (code: number) => ({ "grpc-status": String(code), "grpc-message": "of the server" });

/** Sends the trailers of a status after headers and no message. */
function sendTrailers(stream: ServerHttp2Stream, code: number): void {
  stream.respond(head, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers(statusOf(code)));
  stream.end();
}

test.each<[string, string, string, (stream: ServerHttp2Stream) => void]>([
  ["RESOURCE_EXHAUSTED in trailers", "RESOURCE_EXHAUSTED", "^of the server$", (stream) => sendTrailers(stream, 8)],
  ["DEADLINE_EXCEEDED in trailers", "DEADLINE_EXCEEDED", "^of the server$", (stream) => sendTrailers(stream, 4)],
  [
    "RESOURCE_EXHAUSTED and no headers before it",
    "RESOURCE_EXHAUSTED",
    "^of the server$",
    (stream) => stream.respond({ ...head, ...statusOf(8) }, { endStream: true }),
  ],
  [
    "a reset with ENHANCE_YOUR_CALM",
    "RESOURCE_EXHAUSTED",
    "^test or the way to it is at a limit .*: Bandwidth exhausted",
    (stream) => stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM),
  ],
])("600 calls that a server of another make ends with %s share a connection", async (_, code, message, end) => {
  let sessions = 0;
  const server = createHttp2Server()
    .on("session", () => {
      sessions += 1;
    })
    .on("stream", (stream, headers) => {
      stream.on("error", () => {});
      if (headers[":path"] === "/mesh.v1.Mux/Open") stream.respond({ ...head, ...statusOf(12) }, { endStream: true });
      else end(stream);
    })
    .listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { client } = connectEcho({ address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  const expected = { code, message: expect.stringMatching(message) };
  for (let round = 0; round < rounds; round++) {
    const calls = Array.from({ length: 10 }, () => client.unary({}));
    await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject(expected)));
  }
  expect(sessions).toBe(1);
});
