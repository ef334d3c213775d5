import { status } from "@grpc/grpc-js";
import { MeshError, type MethodDefinition } from "@mesh/contracts";
import type { Scope } from "@mesh/runtime";
import { expect, test, vi } from "vitest";
import { EchoService } from "../fixtures/echo.ts";
import { rawClient } from "../fixtures/raw-client.ts";
import { collect, echo, scopeWith, untilAborted } from "../fixtures/servers.ts";
import { timeoutFor } from "./deadline.ts";

function methodWith(change: Partial<MethodDefinition>): MethodDefinition {
  const { unary } = EchoService.methods;
  if (!unary) throw new Error("there is no such method");
  return { ...unary, ...change };
}

test("every call has a deadline: asked for, or the contract's, or the default of its kind, within bounds", () => {
  const query = methodWith({ idempotency: "no_side_effects" });
  const mutation = methodWith({ idempotency: "unknown" });
  const stream = methodWith({ kind: "server_streaming" });
  const brief = methodWith({ deadlineMs: 300 });
  expect(timeoutFor(query, undefined)).toBe(5_000);
  expect(timeoutFor(mutation, undefined)).toBe(10_000);
  expect(timeoutFor(stream, undefined)).toBe(600_000);
  expect(timeoutFor(brief, undefined)).toBe(300);
  expect(timeoutFor(brief, 100)).toBe(100);
  expect(timeoutFor(brief, 1_000)).toBe(300);
  expect(timeoutFor(query, 30_000)).toBe(30_000);
  for (const tooMuch of [1e12, Number.POSITIVE_INFINITY, Number.NaN]) expect(timeoutFor(query, tooMuch)).toBe(60_000);
  for (const tooLittle of [0, -1_000, 0.001]) expect(timeoutFor(query, tooLittle)).toBe(1);
});

/** Serves a method that records the time left in its scope, in milliseconds. */
async function serveTimeLeft() {
  const told: number[] = [];
  const { server, client } = await echo({
    async unary(request, { deadline }) {
      told.push(deadline - Date.now());
      return request;
    },
    async *down(request, { deadline }) {
      told.push(deadline - Date.now());
      yield request;
    },
  });
  return { told, client, raw: rawClient(server.address) };
}

test("a server gives a call without a deadline one, and clamps what makes no sense", async () => {
  const { told, raw } = await serveTimeLeft();
  const path = "/test.v1.EchoService/Unary";
  for (const timeout of [undefined, "999999999S", "-1S", "99999999S"]) {
    const { error } = await raw.unary(path, new Uint8Array(), timeout ? { "grpc-timeout": timeout } : {});
    expect(error).toBeNull();
  }
  const [none = 0, overflow = 0, negative = 0, days = 0] = told;
  expect(none).toBeGreaterThan(4_000);
  expect(none).toBeLessThanOrEqual(5_000);
  for (const clamped of [overflow, days]) {
    expect(clamped).toBeGreaterThan(59_000);
    expect(clamped).toBeLessThanOrEqual(60_000);
  }
  // grpc-js reads `-1S` as one second.
  expect(negative).toBeLessThanOrEqual(1_000);
});

test.each(["597H", "1194H", "99999999H", "71582789S", "99999999M", "9999999999999S"])(
  "a grpc-timeout of %s is the longest that a call may take",
  async (timeout) => {
    const { told, raw } = await serveTimeLeft();
    const { error } = await raw.unary("/test.v1.EchoService/Unary", new Uint8Array(), { "grpc-timeout": timeout });
    expect(error).toBeNull();
    expect(told[0]).toBeGreaterThan(59_000);
    expect(told[0]).toBeLessThanOrEqual(60_000);
  },
);

test.each(["0S", "1n", "1u"])("a grpc-timeout of %s is a millisecond", async (timeout) => {
  const { server } = await echo({ unary: (_, { signal }) => untilAborted(signal) });
  const raw = rawClient(server.address);
  const { error } = await raw.unary("/test.v1.EchoService/Unary", new Uint8Array(), { "grpc-timeout": timeout });
  expect(error?.code).toBe(status.DEADLINE_EXCEEDED);
});

test("a stream has ten minutes", async () => {
  const { told, client } = await serveTimeLeft();
  await collect(client.down({}));
  expect(told[0]).toBeGreaterThan(590_000);
  expect(told[0]).toBeLessThanOrEqual(600_000);
});

test("the server answers at the deadline whatever the handler does, and aborts its signal", async () => {
  let aborted: unknown;
  const { client, server } = await echo({
    async brief(request, { signal }) {
      signal.addEventListener("abort", () => {
        aborted = signal.reason;
      });
      await new Promise(() => {});
      return request;
    },
  });
  const started = Date.now();
  await expect(client.brief({})).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  // The client's own timer does not help a caller that sends none: the server holds the contract's by itself.
  const { error } = await rawClient(server.address).unary("/test.v1.EchoService/Brief", new Uint8Array());
  expect(error).toMatchObject({
    code: status.DEADLINE_EXCEEDED,
    details: "no time was left for test.v1.EchoService/Brief",
  });
  expect(Date.now() - started).toBeGreaterThanOrEqual(590);
  expect(aborted).toMatchObject({ code: "DEADLINE_EXCEEDED" });
});

test("a client gives up at its deadline, also where the server takes the call and says nothing", async () => {
  const { client } = await echo({ unary: (_, { signal }) => untilAborted(signal) });
  const error = await client.unary({}, { timeoutMs: 100 }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "DEADLINE_EXCEEDED" });
});

test("each hop has at least 50 ms less than the one before", async () => {
  const left: number[] = [];
  const note = ({ deadline }: Scope) => left.push(deadline - Date.now());
  const inner = await echo({
    async unary(request, scope) {
      note(scope);
      return request;
    },
  });
  const outer = await echo({
    async unary(request, scope) {
      note(scope);
      return inner.upstream.bind(scope).unary(request, { timeoutMs: 60_000 });
    },
  });
  await outer.client.unary({}, { timeoutMs: 20_000 });
  const [first = 0, second = 0] = left;
  expect(first).toBeGreaterThan(15_000);
  expect(first - second).toBeGreaterThanOrEqual(49);
});

test("a call with no time left is not started", async () => {
  let calls = 0;
  const { upstream } = await echo({
    async unary(request) {
      calls += 1;
      return request;
    },
  });
  const bound = upstream.bind(scopeWith({ timeoutMs: 50 }));
  const late = (name: string) => ({
    code: "DEADLINE_EXCEEDED",
    message: `no time was left for test.v1.EchoService/${name}`,
  });
  await expect(bound.unary({})).rejects.toMatchObject(late("Unary"));
  await expect(collect(bound.down({}))).rejects.toMatchObject(late("Down"));
  expect(calls).toBe(0);
});

test("a handler that reads when its call is given up gets an error, not the end of the requests: it must not keep half", async () => {
  const seen: unknown[] = [];
  const read = async (requests: AsyncIterable<unknown>) => {
    for await (const _ of requests) seen.push("a request");
    seen.push("the end");
  };
  const { client } = await echo({
    async up(requests) {
      void read(requests).catch((error: unknown) => seen.push(error));
      await vi.waitFor(() => expect(seen).toHaveLength(1));
      // The server's own limit ends a call like this, too, when it comes before the caller's.
      throw new MeshError({ code: "DEADLINE_EXCEEDED", message: "no time was left" });
    },
  });
  async function* endless() {
    yield { number: 1 };
    await new Promise(() => {});
  }
  await expect(client.up(endless())).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await vi.waitFor(() => expect(seen).toEqual(["a request", expect.any(MeshError)]));
});
