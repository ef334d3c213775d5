import { once } from "node:events";
import { connect as connectHttp2, constants, createServer as createHttp2Server } from "node:http2";
import { type AddressInfo, createServer } from "node:net";
import type { Scope } from "@mesh/runtime";
import { expect, onTestFinished, test } from "vitest";
import { startProxy } from "../fixtures/proxy.ts";
import { collect, connectEcho, echo, notes, serveEcho, untilAborted } from "../fixtures/servers.ts";

test("calls that are reset at once never reach a handler, and take no room", async () => {
  let handled = 0;
  const server = await serveEcho(
    {
      async unary(request) {
        handled += 1;
        return request;
      },
    },
    { inFlight: { unary: 10, streams: 10 } },
  );
  const session = connectHttp2(`http://${server.address}`);
  session.on("error", () => {});
  onTestFinished(() => session.destroy());
  const headers = {
    ":method": "POST",
    ":path": "/test.v1.EchoService/Unary",
    "content-type": "application/grpc",
    te: "trailers",
  };
  // At a thousand Node itself cuts the connection.
  for (let round = 0; round < 900; round++) {
    const stream = session.request(headers);
    stream.on("error", () => {});
    stream.close(constants.NGHTTP2_CANCEL);
    if (round % 50 === 49) await once(stream, "close");
  }
  const { client } = connectEcho(server);
  await expect.poll(() => client.unary({ text: "fine" }).catch(() => undefined)).toMatchObject({ text: "fine" });
  expect(handled).toBe(1);
});

test.each(["Unary", "Down", "Up", "Both"])(
  "a message of %s that is marked as compressed without an encoding is rejected, and the next call works",
  async (method) => {
    const server = await serveEcho();
    const session = connectHttp2(`http://${server.address}`);
    onTestFinished(() => session.destroy());
    const stream = session.request({
      ":method": "POST",
      ":path": `/test.v1.EchoService/${method}`,
      "content-type": "application/grpc",
      te: "trailers",
    });
    // The first byte says that the message, a note, is compressed.
    stream.end(Buffer.concat([Buffer.from([1, 0, 0, 0, 2]), Buffer.from([0x10, 1])]));
    const [headers] = await once(stream, "response");
    expect(headers).toMatchObject({
      "grpc-status": "12",
      "grpc-message": expect.stringContaining("compressed%20with%20unsupported%20encoding"),
    });
    stream.resume();
    expect(await connectEcho(server).client.unary({ text: "fine" })).toMatchObject({ text: "fine" });
  },
);

test("a server that accepts the connection and is silent costs no more than the deadline", async () => {
  const mute = createServer(() => {}).listen(0, "127.0.0.1");
  await once(mute, "listening");
  onTestFinished(() => void mute.close());
  const { client } = connectEcho({ address: `127.0.0.1:${(mute.address() as AddressInfo).port}` });
  await expect(client.unary({}, { timeoutMs: 200 })).rejects.toMatchObject({
    code: "DEADLINE_EXCEEDED",
    message: "test did not answer test.v1.EchoService/Unary in time",
  });
});

test("a server that does not speak gRPC is UNAVAILABLE", async () => {
  const other = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { client } = connectEcho({ address: `127.0.0.1:${(other.address() as AddressInfo).port}` });
  await expect(client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterMs: 500 });
});

test.each([
  ["NO_ERROR", constants.NGHTTP2_NO_ERROR],
  ["PROTOCOL_ERROR", constants.NGHTTP2_PROTOCOL_ERROR],
  ["INTERNAL_ERROR", constants.NGHTTP2_INTERNAL_ERROR],
  ["FLOW_CONTROL_ERROR", constants.NGHTTP2_FLOW_CONTROL_ERROR],
  ["REFUSED_STREAM", constants.NGHTTP2_REFUSED_STREAM],
  ["CANCEL", constants.NGHTTP2_CANCEL],
  ["STREAM_CLOSED", constants.NGHTTP2_STREAM_CLOSED],
])("a call that the server resets with %s and no status is UNAVAILABLE", async (_, code) => {
  const other = createHttp2Server((request) => request.stream.close(code)).listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const { client } = connectEcho({ address: `127.0.0.1:${(other.address() as AddressInfo).port}` });
  await expect(client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a connection that breaks is UNAVAILABLE for the caller, and the end for the handler", async () => {
  const ends: unknown[] = [];
  let started = 0;
  const hang = async ({ signal }: Scope) => {
    started += 1;
    await untilAborted(signal).catch((reason: unknown) => ends.push(reason));
    throw signal.reason;
  };
  const server = await serveEcho({
    async *down(request, scope) {
      yield request;
      await hang(scope);
    },
    up: (_, scope) => hang(scope),
    unary: (_, scope) => hang(scope),
  });
  const proxy = await startProxy(server.port);
  const { client } = connectEcho(proxy);
  const stream = client.down({})[Symbol.asyncIterator]();
  await stream.next();
  const calls = [stream.next(), client.up(notes(1)), client.unary({})].map((call) =>
    call.catch((error: { code: string }) => error.code),
  );
  await expect.poll(() => started).toBe(3);
  proxy.cut();
  expect(await Promise.all(calls)).toEqual(["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"]);
  await expect.poll(() => ends).toHaveLength(3);
  for (const end of ends) expect(end).toMatchObject({ code: "CANCELLED" });
});

test("calls that end at any moment, in two hops, leave nothing behind", async () => {
  const failures: unknown[] = [];
  const note = (reason: unknown) => failures.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  const inFlight = { unary: 25, streams: 25 };
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
  const inner = await echo(
    {
      async unary(request) {
        await pause(request.number);
        return request;
      },
      async *down(request) {
        for (let number = 0; number < 20; number++) {
          await pause(1);
          yield { ...request, number };
        }
      },
    },
    { inFlight },
  );
  const outer = await echo(
    {
      unary: (request, scope) => inner.upstream.bind(scope).unary(request),
      down: (request, scope) => inner.upstream.bind(scope).down(request),
      both: (requests, scope) => inner.upstream.bind(scope).both(requests),
    },
    { inFlight },
  );
  async function* slowly() {
    for (let number = 0; number < 10; number++) {
      await pause(1);
      yield { number };
    }
  }
  const { client } = outer;
  const kinds = [
    (signal: AbortSignal) => client.unary({ number: 5 }, { signal }),
    (signal: AbortSignal) => collect(client.down({}, { signal })),
    (signal: AbortSignal) => client.up(slowly(), { signal }),
    (signal: AbortSignal) => collect(client.both(slowly(), { signal })),
  ];
  for (let round = 0; round < 40; round++) {
    const calls = kinds.flatMap((call) =>
      Array.from({ length: 5 }, (_, index) => call(AbortSignal.timeout(index * 4))),
    );
    await Promise.allSettled(calls);
  }
  // All the room there is, is there again.
  await expect
    .poll(async () => {
      const answers = Array.from({ length: inFlight.unary }, () => client.unary({ number: 1 }));
      return (await Promise.allSettled(answers)).filter(({ status }) => status === "fulfilled").length;
    })
    .toBe(inFlight.unary);
  expect(failures).toEqual([]);
});
