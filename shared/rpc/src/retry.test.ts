import { MeshError, type ServiceDefinition } from "@mesh/contracts";
import { expect, inject, onTestFinished, test } from "vitest";
import { EchoService, type EchoTypes } from "../fixtures/echo.ts";
import { startProxy } from "../fixtures/proxy.ts";
import { collect, latch, scopeWith, serveEcho } from "../fixtures/servers.ts";
import { type ClientMiddleware, connect, type RunningServer } from "./index.ts";

/** The echo service with other options of its methods. */
function echoWith(options: object): ServiceDefinition<EchoTypes> {
  const methods = Object.entries(EchoService.methods).map(([name, method]) => [name, { ...method, ...options }]);
  return { ...EchoService, methods: Object.fromEntries(methods) };
}

/** Connects to the echo service as its callers do, and counts the attempts of its calls. */
function connectTo({ address }: Pick<RunningServer, "address">, definition = EchoService) {
  const counts = { attempts: 0 };
  const count: ClientMiddleware = (_, next) => {
    counts.attempts += 1;
    return next();
  };
  const upstream = connect(definition, { address, mux: inject("mux"), middleware: [count] });
  onTestFinished(() => upstream.close());
  return { ...upstream, counts };
}

/** Fails calls until there have been so many. */
function failing(times: number, error = new MeshError({ code: "UNAVAILABLE", message: "not now" })) {
  let calls = 0;
  return () => {
    calls += 1;
    if (calls <= times) throw error;
  };
}

test.each(["no_side_effects", "idempotent"])("a call that is %s is made again", async (idempotency) => {
  const fail = failing(2);
  const server = await serveEcho({
    async unary(request) {
      fail();
      return request;
    },
  });
  const { client, counts } = connectTo(server, echoWith({ idempotency }));
  expect(await client.unary({ text: "third" })).toMatchObject({ text: "third" });
  expect(counts.attempts).toBe(3);
});

test.each([
  ["is not known to be repeatable", { idempotency: "unknown" }, "UNAVAILABLE"],
  ["fails for another reason", {}, "RESOURCE_EXHAUSTED"],
] as const)("a call that %s is made once", async (_, options, code) => {
  const fail = failing(1, new MeshError({ code, message: "no" }));
  const server = await serveEcho({
    async unary(request) {
      fail();
      return request;
    },
  });
  const { client, counts } = connectTo(server, echoWith(options));
  await expect(client.unary({})).rejects.toMatchObject({ code });
  expect(counts.attempts).toBe(1);
});

test("three attempts are the most", async () => {
  const fail = failing(9);
  const { client, counts } = connectTo(
    await serveEcho({
      async unary(request) {
        fail();
        return request;
      },
    }),
  );
  await expect(client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(counts.attempts).toBe(3);
});

test("a service that is dead gets at most a tenth more calls, also after good times", async () => {
  const server = await serveEcho();
  const { client, counts } = connectTo(server);
  for (let batch = 0; batch < 20; batch += 1) {
    await Promise.all(Array.from({ length: 50 }, () => client.unary({}, { timeoutMs: 60_000 })));
  }
  counts.attempts = 0;
  await server.close();
  const calls = Array.from({ length: 1_000 }, () => client.unary({}));
  const results = await Promise.allSettled(calls);
  expect(results.filter(({ status }) => status === "fulfilled")).toEqual([]);
  expect(counts.attempts).toBeGreaterThan(1_000);
  expect(counts.attempts).toBeLessThanOrEqual(1_110);
});

test("what good times saved up is a hundred retries for each connection, once", async () => {
  const server = await serveEcho();
  const { client, counts } = connectTo(server);
  // They would earn more than a hundred.
  for (let batch = 0; batch < 30; batch += 1) {
    await Promise.all(Array.from({ length: 50 }, () => client.unary({}, { timeoutMs: 60_000 })));
  }
  await server.close();
  const attemptsOfHundred = async () => {
    counts.attempts = 0;
    await Promise.allSettled(Array.from({ length: 100 }, () => client.unary({}, { timeoutMs: 60_000 })));
    return counts.attempts;
  };
  expect([await attemptsOfHundred(), await attemptsOfHundred()]).toEqual([200, 100]);
});

test("a retry comes as late as the server asks for, but never after the time of the call", async () => {
  const asks = (retryAfterMs: number) => new MeshError({ code: "UNAVAILABLE", message: "later", retryAfterMs });
  const times: number[] = [];
  const errors = [asks(300), asks(5_000), asks(900)];
  const { client } = connectTo(
    await serveEcho({
      async unary(request) {
        times.push(performance.now());
        const error = errors.shift();
        if (error) throw error;
        return request;
      },
    }),
  );
  await expect(client.unary({})).rejects.toMatchObject({ retryAfterMs: 5_000 });
  expect(times).toHaveLength(2);
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(295);
  await expect(client.unary({}, { timeoutMs: 800 })).rejects.toMatchObject({ retryAfterMs: 900 });
  expect(times).toHaveLength(3);
});

test("all attempts together have the time of the call", async () => {
  const leftMs: number[] = [];
  const { client } = connectTo(
    await serveEcho({
      async unary(_, { deadline }) {
        leftMs.push(deadline - Date.now());
        throw new MeshError({ code: "UNAVAILABLE", message: "later", retryAfterMs: 400 });
      },
    }),
  );
  await expect(client.unary({}, { timeoutMs: 1_000 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(leftMs.length).toBeGreaterThan(1);
  for (const [attempt, ms] of leftMs.entries()) expect(ms).toBeLessThanOrEqual(1_001 - attempt * 395);
});

test("a caller that leaves between two attempts is not waited for", async () => {
  const called = latch();
  const { bind } = connectTo(
    await serveEcho({
      async unary() {
        called.open();
        throw new MeshError({ code: "UNAVAILABLE", message: "later", retryAfterMs: 1_000 });
      },
    }),
  );
  const controller = new AbortController();
  const call = bind(scopeWith({ signal: controller.signal })).unary({});
  await called.opened;
  const begin = performance.now();
  setImmediate(() => controller.abort());
  await expect(call).rejects.toMatchObject({ code: "CANCELLED" });
  expect(performance.now() - begin).toBeLessThan(900);
});

test("calls whose connection is lost are made again", async () => {
  const gate = latch();
  let started = 0;
  const server = await serveEcho({
    async unary(request) {
      started += 1;
      if (started <= 3) await gate.opened;
      return request;
    },
  });
  const proxy = await startProxy(server.port);
  const { client } = connectTo(proxy);
  const calls = [1, 2, 3].map((number) => client.unary({ number }));
  await expect.poll(() => started).toBe(3);
  proxy.cut();
  expect((await Promise.all(calls)).map(({ number }) => number)).toEqual([1, 2, 3]);
  gate.open();
});

test("a stream is opened again before its first response, and not after it", async () => {
  const fail = failing(2);
  let calls = 0;
  const server = await serveEcho({
    async *down({ number }) {
      calls += 1;
      fail();
      yield { text: "first", number };
      throw new MeshError({ code: "UNAVAILABLE", message: "lost" });
    },
  });
  const { client } = connectTo(server);
  const seen: number[] = [];
  const read = async () => {
    for await (const { number } of client.down({ number: 7 })) seen.push(number);
  };
  await expect(read()).rejects.toMatchObject({ code: "UNAVAILABLE", message: "lost" });
  expect({ seen, calls }).toEqual({ seen: [7], calls: 3 });
});

test("a stream whose contract has resume goes on where it was, as often as needed", async () => {
  const resume = { request: "number", response: ["number"] };
  let calls = 0;
  const server = await serveEcho({
    async *down({ number, text }) {
      calls += 1;
      for (let next = number + 1; next <= 20; next += 1) {
        yield { text, number: next };
        if (next % 3 === 0) throw new MeshError({ code: "UNAVAILABLE", message: "lost" });
      }
    },
  });
  const { client } = connectTo(server, echoWith({ resume }));
  await Promise.all(Array.from({ length: 100 }, () => client.unary({})));
  const received = await collect(client.down({ text: "kept", number: 0 }));
  expect(received.map(({ number }) => number)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(received.every(({ text }) => text === "kept")).toBe(true);
  expect(calls).toBe(7);
});

test("equal calls that are open at the same time are sent once, and each caller has a response of its own", async () => {
  const gate = latch();
  let calls = 0;
  const server = await serveEcho({
    async unary(request) {
      calls += 1;
      await gate.opened;
      return request;
    },
  });
  // What a middleware adds makes a call another one, too.
  const tenant: ClientMiddleware = (call, next) => {
    call.headers["x-tenant"] = (call.request as { text: string }).text === "c" ? String(calls) : "acme";
    return next();
  };
  const middleware = [tenant];
  const definition = echoWith({ coalesce: true });
  const { client, close } = connect(definition, { address: server.address, mux: inject("mux"), middleware });
  onTestFinished(close);
  const all = [client.unary({ text: "a" }), client.unary({ text: "a" }), client.unary({ text: "b" })];
  all.push(client.unary({ text: "a" }, { headers: { "x-user": "ada" } }), client.unary({ text: "c" }));
  await expect.poll(() => calls).toBe(4);
  all.push(client.unary({ text: "c" }));
  await expect.poll(() => calls).toBe(5);
  gate.open();
  const responses = await Promise.all(all);
  expect(responses.map(({ text }) => text)).toEqual(["a", "a", "b", "a", "c", "c"]);
  expect(responses[0]).not.toBe(responses[1]);
  await client.unary({ text: "a" });
  expect(calls).toBe(6);
});

test("a caller that changes a shared response changes it for no other", async () => {
  const server = await serveEcho();
  const { client } = connectTo(server, echoWith({ coalesce: true }));
  const change = async () => Object.assign(await client.unary({ text: "a" }), { text: "changed" });
  const [, other] = await Promise.all([change(), client.unary({ text: "a" })]);
  expect(other).toMatchObject({ text: "a" });
});

test("the first of several equal calls may leave, and the others get their response", async () => {
  const gate = latch();
  let calls = 0;
  const server = await serveEcho({
    async unary(request) {
      calls += 1;
      await gate.opened;
      return request;
    },
  });
  const { client } = connectTo(server, echoWith({ coalesce: true }));
  const controller = new AbortController();
  const first = client.unary({ text: "a" }, { signal: controller.signal });
  const second = client.unary({ text: "a" });
  await expect.poll(() => calls).toBe(1);
  controller.abort();
  await expect(first).rejects.toMatchObject({ code: "CANCELLED" });
  gate.open();
  expect(await second).toMatchObject({ text: "a" });
});
