import { expect, onTestFinished, test } from "vitest";
import { EchoService } from "../../fixtures/echo.ts";
import { echo, serveEcho } from "../../fixtures/servers.ts";
import { grpcTransport } from "../client/transport.ts";
import { UnaryCall } from "../client/unary-call.ts";
import { muxTransport } from "./mux-transport.ts";

const kibibyte = 1024;

/** Connects to the echo service, and notes the path of each call of gRPC. */
async function openTransport() {
  const { address } = await serveEcho();
  const plain = grpcTransport({ address, upstream: "test" });
  const paths: string[] = [];
  const noted: typeof plain = {
    ...plain,
    unary(call) {
      paths.push(call.method.path);
      plain.unary(call);
    },
    start(method, init) {
      paths.push(init.path ?? method.path);
      return plain.start(method, init);
    },
  };
  const transport = muxTransport(noted, "test");
  onTestFinished(() => transport.close());
  return { transport, paths };
}

/** A call whose request has so many bytes. */
function callOf(bytes: number): UnaryCall {
  const method = EchoService.methods.unary;
  if (!method) throw new Error("the service has no method unary");
  // The tag of the field and its length are 4 bytes.
  const message = { text: "x".repeat(bytes - 4), number: 0 };
  const deadline = Date.now() + 60_000;
  const call = new UnaryCall({ upstream: "test", method, message, deadline, headers: {}, listeners: undefined });
  expect(call.request).toHaveLength(bytes);
  return call;
}

test("a request of 64 KiB shares the stream, and one with a byte more is a call of its own", async () => {
  const { transport, paths } = await openTransport();
  const sizes = [64 * kibibyte, 64 * kibibyte + 1];
  for (const size of sizes) {
    const call = callOf(size);
    transport.unary(call);
    expect(await call.response).toMatchObject({ number: 0 });
  }
  expect(paths).toEqual(["/mesh.v1.Mux/Open", "/test.v1.EchoService/Unary"]);
});

test("a small call that starts after ten of almost 1 MiB ends before them", async () => {
  const { client } = await echo();
  await client.unary({});
  const ends: number[] = [];
  const end = ({ number }: { number: number }) => ends.push(number);
  const text = "x".repeat(1_000 * kibibyte);
  const options = { timeoutMs: 60_000 };
  const large = Array.from({ length: 10 }, (_, number) => client.unary({ text, number }, options).then(end));
  await Promise.all([...large, client.unary({ number: 10 }, options).then(end)]);
  expect(ends[0]).toBe(10);
});
