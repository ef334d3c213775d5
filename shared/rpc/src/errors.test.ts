import { invalidArgument, MeshError } from "@mesh/contracts";
import { expect, inject, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import type { EchoClient } from "../fixtures/echo.ts";
import { facts, rich } from "../fixtures/error-facts.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, connectEcho, echo, notes, serveEcho } from "../fixtures/servers.ts";

const secret = "pq: password authentication failed for shop at 10.0.0.7";

/** One call of each kind. */
function callsOf(client: EchoClient): (() => Promise<unknown>)[] {
  return [
    () => client.unary({}),
    () => collect(client.down({})),
    () => client.up(notes(1)),
    () => collect(client.both(notes(1))),
  ];
}

test("an error comes through two hops as it was thrown, in each kind of method", async () => {
  const fail = async () => {
    throw rich;
  };
  const inner = await echo({
    unary: fail,
    up: fail,
    async *down() {
      yield await fail();
    },
    async *both() {
      yield await fail();
    },
  });
  const outer = await echo({
    unary: (request, scope) => inner.upstream.bind(scope).unary(request),
    down: (request, scope) => inner.upstream.bind(scope).down(request),
    up: (requests, scope) => inner.upstream.bind(scope).up(requests),
    both: (requests, scope) => inner.upstream.bind(scope).both(requests),
  });
  const { client } = outer;
  for (const call of callsOf(client)) {
    const error = await call().catch((reason: unknown) => reason);
    expect(facts(error)).toEqual(facts(rich));
    expect((error as MeshError).cause).toBeUndefined();
  }
});

test.each([
  ["a reason of its own enum", new MeshError({ ...facts(rich), retryAfterMs: 1, message: "hunter2" })],
  ["a reason of an unknown domain", new MeshError({ code: "NOT_FOUND", message: "hunter2", reason: "R", domain: "D" })],
])("%s that a method throws and does not declare stays here", async (_, thrown) => {
  const { log, lines } = capturedLog();
  const { client } = await echo({ plain: () => Promise.reject(thrown) }, { log });
  const error = facts(await client.plain({}).catch((reason: unknown) => reason));
  const [, id] = /^internal error \(id ([\da-f]{12})\)$/.exec(error.message) ?? [];
  const nothing = { reason: "", domain: "", metadata: {}, violations: [], retryAfterMs: undefined };
  expect(error).toEqual({ code: "INTERNAL", message: `internal error (id ${id})`, ...nothing });
  const undeclared = thrown.reason ? { undeclared: `${thrown.domain} ${thrown.reason}` } : {};
  expect(lines.filter(({ errorId }) => errorId === id)).toMatchObject([{ level: 50, ...undeclared }]);
});

test.each(["UNKNOWN", "INTERNAL", "DATA_LOSS"] as const)(
  "%s that a handler throws on purpose keeps code and text, in each kind of method",
  async (code) => {
    const thrown = new MeshError({ code, message: "the ledger does not add up", cause: new Error(secret) });
    const fail = () => Promise.reject(thrown);
    const { client } = await echo({
      unary: fail,
      up: fail,
      async *down() {
        yield await fail();
      },
      async *both() {
        yield await fail();
      },
    });
    for (const call of callsOf(client)) {
      expect(facts(await call().catch((reason: unknown) => reason))).toEqual(facts(thrown));
    }
  },
);

test("an error without a reason says its code and its text in any method", async () => {
  const thrown = new MeshError({ code: "RESOURCE_EXHAUSTED", message: "slowly", retryAfterMs: 1_500 });
  const { client } = await echo({ plain: () => Promise.reject(thrown) });
  expect(facts(await client.plain({}).catch((reason: unknown) => reason))).toEqual(facts(thrown));
});

test("a declared error has exactly the metadata of its contract, whatever version its sender knows", async () => {
  const thrown = new MeshError({ ...facts(rich), retryAfterMs: 1, metadata: { productId: "p1", later: "x" } });
  const { client } = await echo({ unary: () => Promise.reject(thrown) });
  const { metadata } = facts(await client.unary({}).catch((reason: unknown) => reason));
  expect(metadata).toEqual({ productId: "p1", available: "", __proto__x: "", "": "" });
});

test("what a handler throws by accident stays here: the caller gets an id, the log has the cause with that id, once", async () => {
  const { log, lines } = capturedLog();
  const boom = () => {
    throw new TypeError("password=hunter2");
  };
  const { client } = await echo(
    {
      unary: boom,
      up: async () => boom(),
      down: boom,
      async *both() {
        yield { text: "first", number: 1 };
        boom();
      },
    },
    { log },
  );
  for (const call of callsOf(client)) {
    const error = facts(await call().catch((reason: unknown) => reason));
    expect(error.code).toBe("INTERNAL");
    const [, id] = /^internal error \(id ([\da-f]{12})\)$/.exec(error.message) ?? [];
    const logged = lines.filter((line) => line.errorId === id);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatchObject({ level: 50, err: { message: "password=hunter2" } });
  }
  expect(lines.filter((line) => JSON.stringify(line).includes("hunter2"))).toHaveLength(4);
});

test("a rejection with something that is no error, and a response that is none, are internal errors too", async () => {
  const { client } = await echo({
    unary: () => Promise.reject("a text"),
    plain: async () => null as never,
    down: () => "no iterable" as never,
  });
  await expect(client.unary({})).rejects.toMatchObject({ code: "INTERNAL" });
  await expect(client.plain({})).rejects.toMatchObject({ code: "INTERNAL" });
  await expect(collect(client.down({}))).rejects.toMatchObject({ code: "INTERNAL" });
});

test("messages sent before an error arrive before it", async () => {
  const { client } = await echo({
    async *down() {
      yield { text: "one", number: 1 };
      yield { text: "two", number: 2 };
      await expect.poll(() => seen.length).toBe(2);
      throw invalidArgument("text", "no more");
    },
  });
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { text } of client.down({})) seen.push(text);
  })();
  await expect(reading).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  expect(seen).toEqual(["one", "two"]);
});

test.skipIf(inject("local"))("an unreachable service is UNAVAILABLE and named, without its address", async () => {
  const server = await serveEcho();
  const upstream = connectEcho(server);
  await server.close();
  const error = await upstream.client.unary({}).catch((reason: unknown) => reason);
  expect(facts(error)).toMatchObject({
    code: "UNAVAILABLE",
    message: "test can't be reached (test.v1.EchoService/Unary)",
  });
  expect(String((error as MeshError).cause)).toContain("ECONNREFUSED");
});

test("a method that the server does not have is UNIMPLEMENTED, and both are named", async () => {
  const { server } = await echo();
  const { error } = await rawClient(server.address).unary("/test.v1.EchoService/Nope", new Uint8Array());
  expect(error?.code).toBe(12);
});

test.each([
  ["a violation that is none", { violations: [null] }],
  ["no violations", { violations: null }],
  ["an unknown code", { code: "OOPS" }],
])("an error with %s, as plain JavaScript may throw it, ends its call and not the process", async (_, init) => {
  const { log, lines } = capturedLog();
  const thrown = Object.assign(new MeshError({ code: "NOT_FOUND", message: secret }), init);
  const { client } = await echo({ plain: () => Promise.reject(thrown) }, { log });
  const error = facts(await client.plain({}).catch((reason: unknown) => reason));
  const [line] = lines.filter(({ level }) => level === 50);
  expect(line).toMatchObject({ errorId: expect.any(String), code: thrown.code, message: secret });
  expect([error.code, error.message]).toEqual(["INTERNAL", `internal error (id ${line?.errorId})`]);
});
