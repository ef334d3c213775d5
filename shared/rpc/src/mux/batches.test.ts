import { connect as connectHttp2, constants } from "node:http2";
import { Server, ServerCredentials, type ServerWritableStream } from "@grpc/grpc-js";
import { MeshError } from "@mesh/contracts";
import { MuxStreamRequestMessage, MuxStreamResponsesMessage } from "@mesh/contracts/protocols/mesh/v1/mux.messages";
import { expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../fixtures/echo.ts";
import { noteBytes } from "../../fixtures/mux-client.ts";
import { rawClient } from "../../fixtures/raw-client.ts";
import { collect, connectEcho, echo, serveEcho } from "../../fixtures/servers.ts";
import { connect } from "../index.ts";

const streamPath = "/mesh.v1.Mux/Stream";
const downPath = "/test.v1.EchoService/Down";

/** Calls a method by hand, as a client of another make does. */
async function callByHand(address: string, request: Uint8Array) {
  const stream = rawClient(address).serverStream(streamPath, request);
  const batches: number[] = [];
  const responses: Uint8Array[] = [];
  stream.on("data", (bytes: Buffer) => {
    const { messages } = MuxStreamResponsesMessage.decode(bytes);
    batches.push(messages.length);
    responses.push(...messages);
  });
  stream.on("error", () => {});
  const { code, details } = await new Promise<{ code: number; details: string }>((resolve) =>
    stream.on("status", resolve),
  );
  return { batches, responses, code, details };
}

const requestOf = (path: string, message = noteBytes({ number: 1_000 })) =>
  MuxStreamRequestMessage.encode({ path, message });

/** Serves `mesh.v1.Mux/Stream` with what it is given, as a server of another make may. */
async function serveBatches(answer: (stream: ServerWritableStream<Buffer, Uint8Array>) => void) {
  const server = new Server();
  const asIs = (bytes: Uint8Array) => Buffer.from(bytes);
  server.register(streamPath, answer, asIs, asIs, "serverStream");
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  onTestFinished(() => server.forceShutdown());
  return { address: `127.0.0.1:${port}` };
}

test("responses that are ready at the same time come in few messages, in their order", async () => {
  const server = await serveEcho();
  const { batches, responses, code } = await callByHand(server.address, requestOf(downPath));
  expect(code).toBe(0);
  const notes = responses.map((bytes) => EchoService.methods.down?.output.decode(bytes));
  expect(notes).toMatchObject(Array.from({ length: 1_000 }, (_, number) => ({ number })));
  expect(batches.length).toBeLessThan(20);
});

test("a response that is ready alone does not wait for others", async () => {
  const { client } = await echo({
    async *down() {
      yield { text: "first", number: 0 };
      await new Promise(() => {});
    },
  });
  for await (const { text } of client.down({})) {
    expect(text).toBe("first");
    break;
  }
});

test("responses of all sizes arrive whole and in their order", async () => {
  const sizes = [0, 65_000, 65_536, 65_537, 1, 200_000, 0, 131_072, 3_900_000, 5];
  const { client } = await echo({
    async *down() {
      for (const size of sizes) yield { text: "x".repeat(size), number: 0 };
    },
  });
  expect((await collect(client.down({}))).map(({ text }) => text.length)).toEqual(sizes);
});

test("what came before an error arrives before it", async () => {
  const { client } = await echo({
    async *down() {
      yield { text: "a", number: 1 };
      yield { text: "b", number: 2 };
      throw new MeshError({ code: "NOT_FOUND", message: "no more" });
    },
  });
  const texts: string[] = [];
  const read = async () => {
    for await (const { text } of client.down({})) texts.push(text);
  };
  await expect(read()).rejects.toMatchObject({ code: "NOT_FOUND", message: "no more" });
  expect(texts).toEqual(["a", "b"]);
});

test("a server that has no batches is called the plain way, and the trailers are those of the call", async () => {
  let calls = 0;
  const { client } = await echo(
    {
      async *down(_, context) {
        calls += 1;
        (context as typeof context & { call: { setTrailer(name: string, value: string): void } }).call.setTrailer(
          "x-calls",
          String(calls),
        );
        yield { text: "plain", number: 0 };
      },
    },
    { mux: false },
  );
  const seen: unknown[] = [];
  const options = { onTrailers: (trailers: { get(name: string): unknown }) => seen.push(trailers.get("x-calls")) };
  expect(await collect(client.down({}, options))).toHaveLength(1);
  expect(await collect(client.down({}, options))).toHaveLength(1);
  expect(seen).toEqual(["1", "2"]);
});

test("a large request goes the plain way", async () => {
  const { client } = await echo({
    async *down({ text }) {
      yield { text: "", number: text.length };
    },
  });
  expect(await collect(client.down({ text: "x".repeat(100_000) }))).toMatchObject([{ number: 100_000 }]);
});

test.each([
  ["of an unknown method", requestOf("/nope"), 12],
  ["of a method that does not stream", requestOf("/test.v1.EchoService/Unary"), 12],
  ["of the mux itself", requestOf(streamPath), 12],
  ["that is no message of the mux", new Uint8Array([255, 255]), 3],
  ["with another message in it", requestOf(downPath, new Uint8Array([255])), 3],
])("a request %s is an error, and the next one is answered", async (_, request, code) => {
  const server = await serveEcho();
  expect(await callByHand(server.address, request)).toMatchObject({ code, responses: [] });
  expect(await collect(connectEcho(server).client.down({ number: 2 }))).toHaveLength(2);
});

test.each([
  ["no message of the mux", new Uint8Array([255])],
  ["65,537 responses at the same time", new Uint8Array(131_074).map((_, at) => (at % 2 === 0 ? 10 : 0))],
])("a server that sends %s ends the call with INTERNAL", async (_, bytes) => {
  const server = await serveBatches((stream) => {
    stream.write(bytes);
    stream.end();
  });
  await expect(collect(connectEcho(server).client.down({}))).rejects.toMatchObject({
    code: "INTERNAL",
    message: expect.stringContaining("a wrong response"),
  });
});

test.each([
  ["60,000 bytes", 60_000],
  ["no bytes", 0],
])("parts of %s each that never become a response end the call", async (_, size) => {
  const part = MuxStreamResponsesMessage.encode({ messages: [new Uint8Array(size)], more: true });
  let isOver = false;
  const server = await serveBatches((stream) => {
    stream.on("cancelled", () => {
      isOver = true;
    });
    const write = () => {
      while (!isOver && stream.write(part));
      if (!isOver) stream.once("drain", write);
    };
    write();
  });
  await expect(collect(connectEcho(server).client.down({}))).rejects.toMatchObject({ code: "INTERNAL" });
});

test("a call that its caller ends and resets at the same time leaves no handler behind", async () => {
  const counts = { started: 0, aborted: 0 };
  const server = await serveEcho({
    async *down(_, { signal }) {
      counts.started += 1;
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      counts.aborted += 1;
      yield { text: "", number: 0 };
    },
  });
  const session = connectHttp2(`http://${server.address}`);
  onTestFinished(() => session.destroy());
  const message = Buffer.from(requestOf(downPath));
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  for (let count = 0; count < 50; count += 1) {
    const headers = { ":method": "POST", ":path": streamPath, "content-type": "application/grpc", te: "trailers" };
    const call = session.request(headers, { endStream: false });
    call.on("error", () => {});
    call.write(Buffer.concat([prefix, message]));
    // The server has what was sent before.
    await new Promise((resolve) => session.ping(resolve));
    call.end();
    call.close(constants.NGHTTP2_CANCEL);
  }
  const { client } = connectEcho(server);
  await client.unary({});
  await expect.poll(() => counts.started - counts.aborted).toBe(0);
});

test("a header that gRPC does not allow rejects the call, and leaves nothing behind", async () => {
  const server = await serveEcho();
  const upstream = connect(EchoService, { address: server.address });
  onTestFinished(() => upstream.close());
  await expect(collect(upstream.client.down({}, { headers: { "x-bad": "ä\n" } }))).rejects.toThrow();
  expect(await collect(upstream.client.down({ number: 1 }))).toHaveLength(1);
});
