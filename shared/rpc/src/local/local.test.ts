import { setTimeout as pause } from "node:timers/promises";
import { MeshError } from "@mesh/contracts";
import { expect, onTestFinished, test } from "vitest";
import { type EchoHandlers, EchoService } from "../../fixtures/echo.ts";
import { collect, echoHandlers, latch, serveEcho } from "../../fixtures/servers.ts";
import { type CallScope, connect, implement, LocalServices, type ServeOptions } from "../index.ts";
import { LocalStream } from "./local-stream.ts";

const names = [EchoService.name];

/** Serves the echo service, and connects to it in memory as the service `caller`. */
async function open(handlers: Partial<EchoHandlers<CallScope>> = {}, options: Partial<ServeOptions> = {}) {
  const local = new LocalServices(names);
  const services = [implement(EchoService, { ...echoHandlers, ...handlers })];
  const server = await serveEcho({}, { services, local, ...options });
  return { server, local, client: clientOf(local) };
}

function clientOf(services: LocalServices) {
  // Nothing listens there.
  const upstream = connect(EchoService, { address: "127.0.0.1:1", local: { services, caller: "caller" } });
  onTestFinished(() => upstream.close());
  return upstream.client;
}

test("a call reaches the handler, which knows the service that calls", async () => {
  const { client } = await open({ unary: async (_, { call }) => ({ text: `${call.callerNames}`, number: 1 }) });
  expect(await client.unary({})).toEqual({ text: "caller", number: 1 });
});

test("neither side sees what the other one changes later", async () => {
  const kept: { text: string }[] = [];
  const answer = { text: "answer", number: 1 };
  const { client } = await open({
    async unary(request) {
      kept.push(request);
      Object.assign(request, { text: "changed by the handler" });
      return answer;
    },
    async *down() {
      yield answer;
      answer.text = "changed after it was sent";
    },
  });
  const request = { text: "asked", number: 0 };
  const calling = client.unary(request);
  request.text = "changed by the caller";
  const response = await calling;
  expect([request.text, kept[0]?.text]).toEqual(["changed by the caller", "changed by the handler"]);
  expect(response).not.toBe(answer);
  Object.assign(response, { text: "changed by the caller" });
  expect(answer.text).toBe("answer");
  expect(await collect(client.down({}))).toEqual([{ text: "answer", number: 1 }]);
});

test("a response that does not have the types of its contract is an internal error, which the log explains", async () => {
  const wrong = async () => ({ text: 1, number: 1 }) as never;
  const { client } = await open({ unary: wrong });
  await expect(client.unary({})).rejects.toMatchObject({ code: "INTERNAL" });
});

test("a loop over calls does not keep timers from the process", async () => {
  const { client } = await open();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
  }, 20);
  onTestFinished(() => clearTimeout(timer));
  let calls = 0;
  for (const startedAt = Date.now(); !isLate && Date.now() - startedAt < 10_000; calls += 1) await client.unary({});
  expect(isLate).toBe(true);
  expect(calls).toBeGreaterThan(10);
});

test("a loop over responses does not keep timers from the process", async () => {
  const { client } = await open();
  let isLate = false;
  setTimeout(() => {
    isLate = true;
  }, 20);
  for await (const { number } of client.down({ number: 10_000_000 })) if (isLate || number > 5_000_000) break;
  expect(isLate).toBe(true);
});

test("calls are not rejected for load: what makes them has been admitted", async () => {
  const gate = latch();
  const { client } = await open(
    {
      async unary(request) {
        await gate.opened;
        return request;
      },
    },
    { inFlight: { unary: 1, streams: 1 } },
  );
  const calls = Promise.all(Array.from({ length: 10 }, () => client.unary({})));
  gate.open();
  expect(await calls).toHaveLength(10);
});

test("a client rejects further calls while 2,048 are open", async () => {
  const gate = latch();
  const { client } = await open({
    async plain(request) {
      await gate.opened;
      return request;
    },
  });
  const calls = Array.from({ length: 2_048 }, () => client.plain({}));
  await expect(client.plain({})).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  gate.open();
  expect(await Promise.all(calls)).toHaveLength(2_048);
});

test("a stream that ends while a response waits for room and for its turn leaves no rejection unhandled", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  const { down: method } = EchoService.methods;
  if (!method) throw new Error("the service has no method down");
  const gate = latch();
  const init = { upstream: "test", method, deadline: Date.now() + 60_000, headers: {}, listeners: undefined };
  const stream = new LocalStream({ ...init, callerNames: [], turn: () => gate.opened });
  const sent = Promise.allSettled(Array.from({ length: 16 }, () => stream.send({})));
  stream.cancel(new Error("left"));
  await pause(20);
  gate.open();
  expect((await sent).map(({ status }) => status).filter((status) => status === "rejected")).toHaveLength(1);
  expect(unhandled).toEqual([]);
});

test("before the server is there, calls are UNAVAILABLE, and made again", async () => {
  const local = new LocalServices(names);
  const client = clientOf(local);
  await expect(client.plain({})).rejects.toMatchObject({ code: "UNAVAILABLE", message: "test is starting" });
  const early = client.unary({ text: "early" });
  await serveEcho({}, { local });
  expect(await early).toMatchObject({ text: "early" });
});

test("a server that closes ends streams, and waits for the calls of handlers that still run", async () => {
  const gate = latch();
  const begun = latch();
  const { client, server } = await open(
    {
      async unary(request) {
        begun.open();
        await gate.opened;
        return request;
      },
      async *down(_, { signal }) {
        yield { text: "", number: 0 };
        await new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        });
      },
    },
    { drainMs: 5_000 },
  );
  const stream = client.down({})[Symbol.asyncIterator]();
  await stream.next();
  const open1 = client.unary({ text: "open" });
  await begun.opened;
  let isClosed = false;
  const closed = server.close().then(() => {
    isClosed = true;
  });
  await expect(stream.next()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const further = client.plain({ text: "further" });
  expect(await further).toMatchObject({ text: "further" });
  expect(isClosed).toBe(false);
  gate.open();
  expect(await open1).toMatchObject({ text: "open" });
  await closed;
});

test("calls end with their transport, and none begins after it", async () => {
  const { local } = await open({ plain: (_, { signal }) => pause(60_000, undefined as never, { signal }) });
  const upstream = connect(EchoService, { address: "127.0.0.1:1", local: { services: local, caller: "caller" } });
  const calls = [upstream.client.unary({}), upstream.client.plain({})];
  await calls[0];
  await upstream.close();
  await expect(calls[1]).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(upstream.client.plain({})).rejects.toBeInstanceOf(MeshError);
});

test("a deadline ends a call also if the server does not limit its time", async () => {
  const { client } = await open({ unary: () => new Promise(() => {}) }, { middleware: () => [] });
  await expect(client.unary({}, { timeoutMs: 50 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
});

test("a service that is not of this process is called over the network", async () => {
  const server = await serveEcho();
  const services = new LocalServices(["another"]);
  const upstream = connect(EchoService, { address: server.address, local: { services, caller: "caller" } });
  onTestFinished(() => upstream.close());
  expect(await upstream.client.unary({ text: "far" })).toMatchObject({ text: "far" });
});

test("it is ready if the server is", async () => {
  const { local, server } = await open();
  const upstream = connect(EchoService, { address: server.address, local: { services: local, caller: "caller" } });
  onTestFinished(() => upstream.close());
  expect(await upstream.check()).toEqual({ ready: true, reason: "" });
});
