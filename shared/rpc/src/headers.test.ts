import { once } from "node:events";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { MeshError, type ResponseHeaders } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import { expect, onTestFinished, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import type { EchoClient, EchoHandlers, Note } from "../fixtures/echo.ts";
import { EchoService } from "../fixtures/echo.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, connectEcho, echoHandlers, notes, silent } from "../fixtures/servers.ts";
import { type CallScope, implement, serve } from "./index.ts";

const digest = new Uint8Array([0, 1, 255, 128]);

/** Serves handlers that use the headers of their calls. */
async function serveHeaders(handlers: Partial<EchoHandlers<CallScope>>, log: Logger = silent) {
  const server = await serve({ services: [implement(EchoService, { ...echoHandlers, ...handlers })], log });
  onTestFinished(() => server.close());
  return { server, client: connectEcho(server).client };
}

/** Sends back what a call has sent. */
function answer({ call }: CallScope): void {
  call.setHeader("x-text", call.header("x-text") ?? "none");
  call.setHeader("x-bytes-bin", call.header("x-bytes-bin") ?? new Uint8Array());
  call.setTrailer("x-trailer", "the end");
  call.setTrailer("x-digest-bin", digest);
}

const handlers: EchoHandlers<CallScope> = {
  ...echoHandlers,
  async unary(request, scope) {
    answer(scope);
    return request;
  },
  async *down(request, scope) {
    answer(scope);
    yield request;
  },
  async up(_, scope) {
    answer(scope);
    return { text: "", number: 0 };
  },
  async *both(_, scope) {
    answer(scope);
    yield { text: "", number: 0 };
  },
};

test.each<[string, (client: EchoClient, options: object) => Promise<unknown>]>([
  ["unary", (client, options) => client.unary({}, options)],
  ["server streaming", (client, options) => collect(client.down({}, options))],
  ["client streaming", (client, options) => client.up(notes(1), options)],
  ["bidirectional", (client, options) => collect(client.both(notes(1), options))],
])("a %s call sends headers, and gets headers and trailers, as text and bytes", async (_, call) => {
  const { client } = await serveHeaders(handlers);
  const got: Record<string, ResponseHeaders> = {};
  await call(client, {
    headers: { "x-text": "it's ~ 100 %", "x-bytes-bin": digest },
    onHeaders: (headers: ResponseHeaders) => Object.assign(got, { headers }),
    onTrailers: (trailers: ResponseHeaders) => Object.assign(got, { trailers }),
  });
  expect(got.headers?.get("x-text")).toBe("it's ~ 100 %");
  expect(got.headers?.get("x-bytes-bin")).toEqual(digest);
  expect(got.headers?.get("x-trailer")).toBeUndefined();
  expect(got.trailers?.get("x-trailer")).toBe("the end");
  expect(got.trailers?.get("x-digest-bin")).toEqual(digest);
});

test.each([
  [" a  b ", "a  b"],
  ["", ""],
  ["   ", ""],
])("%j arrives as %j, as a header of a request and of a response and as a trailer", async (sent, arrives) => {
  const received: (string | undefined)[] = [];
  const { client } = await serveHeaders({
    async unary(request, { call }) {
      received.push(call.header("x-text"));
      call.setHeader("x-text", sent);
      call.setTrailer("x-text", sent);
      return request;
    },
  });
  const note = (headers: ResponseHeaders) => received.push(headers.get("x-text"));
  await client.unary({}, { headers: { "x-text": sent }, onHeaders: note, onTrailers: note });
  expect(received).toEqual([arrives, arrives, arrives]);
});

test.each(["onHeaders", "onTrailers"])("an error in %s is the error of the call", async (listener) => {
  const { client } = await serveHeaders(handlers);
  const fail = () => {
    throw new RangeError("of the caller");
  };
  await expect(client.unary({}, { [listener]: fail })).rejects.toThrow(new RangeError("of the caller"));
  await expect(collect(client.down({}, { [listener]: fail }))).rejects.toThrow(new RangeError("of the caller"));
});

test("a call that its caller or its deadline ends has no trailers", async () => {
  const server = createHttp2Server(() => {}).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { client } = connectEcho({ address: `127.0.0.1:${(server.address() as AddressInfo).port}` });
  const got: ResponseHeaders[] = [];
  const onTrailers = (trailers: ResponseHeaders) => got.push(trailers);
  const controller = new AbortController();
  const cancelled = client.unary({}, { signal: controller.signal, onTrailers });
  controller.abort();
  await expect(cancelled).rejects.toMatchObject({ code: "CANCELLED" });
  await expect(client.unary({}, { timeoutMs: 50, onTrailers })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  expect(got).toEqual([]);
});

test("a call that sets none has none", async () => {
  const { client } = await serveHeaders({});
  const got: (string | Uint8Array | undefined)[] = [];
  const note = (headers: ResponseHeaders) => got.push(headers.get("x-text"), headers.get("x-digest-bin"));
  await client.unary({}, { onHeaders: note, onTrailers: note });
  expect(got).toEqual([undefined, undefined, undefined, undefined]);
});

test("an error comes with the headers and trailers that were set before it", async () => {
  const { server, client } = await serveHeaders({
    async unary(_, scope) {
      answer(scope);
      throw new MeshError({ code: "NOT_FOUND", message: "no note" });
    },
  });
  const got: (string | Uint8Array | undefined)[] = [];
  const failed = client.unary(
    {},
    {
      onHeaders: (headers) => got.push(headers.get("x-text")),
      onTrailers: (trailers) => got.push(trailers.get("x-trailer"), trailers.get("x-digest-bin")),
    },
  );
  await expect(failed).rejects.toMatchObject({ code: "NOT_FOUND", message: "no note" });
  expect(got).toEqual(["none", "the end", digest]);
  const { error } = await rawClient(server.address).unary("/test.v1.EchoService/Unary", new Uint8Array());
  expect(error).toMatchObject({ code: 5, details: "no note" });
});

const names = [
  "grpc-status",
  "Grpc-Message",
  "mesh-token",
  "content-type",
  ":status",
  "connection",
  "te",
  "é",
  "a b",
  "",
];

test.each([
  ...names.map((name) => [`the name ${name}`, (scope: CallScope) => scope.call.setHeader(name, "x")] as const),
  ["a line break", (scope: CallScope) => scope.call.setHeader("x-text", "a\r\nset-cookie: b")],
  ["a letter beyond ASCII", (scope: CallScope) => scope.call.setTrailer("x-text", "ü")],
  ["text where bytes belong", (scope: CallScope) => scope.call.setHeader("x-bin", "text" as never)],
  ["bytes where text belongs", (scope: CallScope) => scope.call.setHeader("x-text", digest as never)],
  ["5 KiB of headers", (scope: CallScope) => scope.call.setHeader("x-long", "x".repeat(5_000))],
  ["5 KiB of trailers", (scope: CallScope) => scope.call.setTrailer("x-long-bin", new Uint8Array(3_800))],
  [
    "hundreds of headers",
    (scope: CallScope) => {
      for (let index = 0; index < 500; index++) scope.call.setHeader(`x-${index}`, "");
    },
  ],
] as const)("a handler can't send %s", async (_, send) => {
  const { log, lines } = capturedLog();
  const { client } = await serveHeaders(
    {
      async unary(request, scope) {
        send(scope);
        return request;
      },
    },
    log,
  );
  await expect(client.unary({})).rejects.toMatchObject({ code: "INTERNAL" });
  expect(lines.filter(({ msg }) => msg === "a handler failed")).toHaveLength(1);
  expect(await client.plain({ text: "still there" })).toMatchObject({ text: "still there" });
});

test("a header can be replaced until the first message, and not after it", async () => {
  const failures: unknown[] = [];
  const { client } = await serveHeaders({
    async *down(request, { call }) {
      for (let index = 0; index < 100; index++) call.setHeader("x-text", `${index} ${"x".repeat(3_000)}`);
      call.setHeader("x-text", "last");
      yield request;
      try {
        call.setHeader("x-text", "late");
      } catch (error) {
        failures.push(error);
      }
      call.setTrailer("x-trailer", "in time");
    },
  });
  const got: (string | undefined)[] = [];
  const notesDown: Note[] = await collect(
    client.down(
      {},
      {
        onHeaders: (headers) => got.push(headers.get("x-text")),
        onTrailers: (trailers) => got.push(trailers.get("x-trailer")),
      },
    ),
  );
  expect(notesDown).toHaveLength(1);
  expect(got).toEqual(["last", "in time"]);
  expect(failures).toEqual([new Error("x-text can't be set: the headers were sent with the first message")]);
});

test("a header can't be set once the only response was sent", async () => {
  const late: ((name: string, value: string) => void)[] = [];
  const { client } = await serveHeaders({
    async unary(request, { call }) {
      late.push((name, value) => call.setHeader(name, value));
      return request;
    },
  });
  await client.unary({});
  expect(late).toHaveLength(1);
  expect(() => late[0]?.("x-text", "late")).toThrow(
    "x-text can't be set: the headers were sent with the first message",
  );
});

test("an error and the largest trailers fit the 8 KiB that other languages accept", async () => {
  const { server } = await serveHeaders({
    async unary(_, { call }) {
      call.setTrailer("x-long", "x".repeat(4_000));
      const metadata = { productId: "y".repeat(30_000), available: "3" };
      throw new MeshError({
        code: "NOT_FOUND",
        message: "m".repeat(900),
        reason: "OUT_OF_STOCK",
        domain: "test.v1.EchoError",
        metadata,
      });
    },
  });
  const { error } = await rawClient(server.address).unary("/test.v1.EchoService/Unary", new Uint8Array());
  const sizes = Object.entries(error?.metadata.toHttp2Headers() ?? {}).map(
    ([name, value]) => `${name}${value}`.length + 32,
  );
  expect(sizes.reduce((sum, size) => sum + size, (error?.details.length ?? 0) + 44)).toBeLessThan(8_000);
  expect(error?.metadata.get("x-long")[0]).toHaveLength(4_000);
  expect(error?.metadata.get("grpc-status-details-bin")).toHaveLength(1);
});
