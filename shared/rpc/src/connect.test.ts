import { expect, onTestFinished, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import { EchoService } from "../fixtures/echo.ts";
import { connectEcho, echo, serveEcho, untilAborted } from "../fixtures/servers.ts";
import { connect, implement, staticDiscovery } from "./index.ts";

test("replicas are found by the service's name", async () => {
  const server = await serveEcho();
  const address = staticDiscovery({ test: [server.address], other: ["127.0.0.1:1"] });
  const upstream = connect(EchoService, { address });
  onTestFinished(() => upstream.close());
  expect(await upstream.client.unary({ text: "found" })).toMatchObject({ text: "found" });
});

test("a service without an address is an error immediately", () => {
  expect(() => connect(EchoService, { address: "" })).toThrow("test has no address");
});

test("calls under way end when the connection is closed, and none starts after", async () => {
  let isStarted = false;
  const { upstream } = await echo({
    unary: (_, { signal }) => {
      isStarted = true;
      return untilAborted(signal);
    },
  });
  const call = upstream.client.unary({}).catch((error: unknown) => error);
  await expect.poll(() => isStarted).toBe(true);
  await upstream.close();
  await upstream.close();
  expect(await call).toMatchObject({ code: "UNAVAILABLE" });
  await expect(upstream.client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a connection that is lost and found leaves a line each time; one that never was leaves none", async () => {
  const { log, lines } = capturedLog("info");
  const first = await serveEcho();
  await first.close();
  const upstream = connect(EchoService, { address: first.address, log });
  onTestFinished(() => upstream.close());
  await expect(upstream.client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(lines).toEqual([]);
  const second = await serveEcho({}, { port: first.port });
  await upstream.ready(AbortSignal.timeout(10_000));
  await second.close();
  await expect.poll(() => upstream.client.unary({}).catch(() => lines.length)).toBe(1);
  await serveEcho({}, { port: first.port });
  await expect
    .poll(() => lines.map(({ msg }) => msg))
    .toEqual(["the connection is lost; connecting again", "the connection is back"]);
  expect(lines).toMatchObject([{ level: 40, upstream: "test", address: first.address }, { level: 30 }]);
});

test("a client can be taken apart, and a handler may be a method of a class", async () => {
  class Echo {
    readonly #prefix = "from a class: ";
    async unary(request: { text: string; number: number }) {
      return { ...request, text: this.#prefix + request.text };
    }
    brief = this.unary;
    plain = this.unary;
    async *down() {}
    async up() {
      return { text: "", number: 0 };
    }
    async *both() {}
  }
  const { unary } = connectEcho(await serveEcho({}, { services: [implement(EchoService, new Echo())] })).client;
  expect(await unary({ text: "hi" })).toMatchObject({ text: "from a class: hi" });
});

test("a service with a method that has no handler is not served", () => {
  expect(() => implement(EchoService, { unary: async (request: never) => request } as never)).toThrow(
    "test.v1.EchoService has no handler for brief, plain, down, up, both",
  );
});
