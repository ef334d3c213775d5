import type { Scope } from "@mesh/runtime";
import { expect, inject, test } from "vitest";
import { collect, echo, notes, scopeWith, untilAborted } from "../fixtures/servers.ts";

/** Handlers that wait until they are given up, and what happened to them. */
function waiting() {
  const events: string[] = [];
  const wait = async ({ signal }: Scope) => {
    events.push("started");
    try {
      return await untilAborted(signal);
    } finally {
      events.push(`ended: ${(signal.reason as Error).message}`);
    }
  };
  return { events, wait };
}

test("a cancelled call cancels the calls made for it, over two hops", async () => {
  const { events, wait } = waiting();
  const inner = await echo({ unary: (_, scope) => wait(scope) });
  const outer = await echo({ unary: (request, scope) => inner.upstream.bind(scope).unary(request) });
  const controller = new AbortController();
  const call = outer.client.unary({}, { signal: controller.signal });
  await expect.poll(() => events).toEqual(["started"]);
  controller.abort(new Error("changed my mind"));
  await expect(call).rejects.toMatchObject({ code: "CANCELLED", cause: { message: "changed my mind" } });
  await expect.poll(() => events).toEqual(["started", "ended: the caller is gone"]);
});

test("the deadline of the first call ends the last, over two hops", async () => {
  const { events, wait } = waiting();
  const inner = await echo({ unary: (_, scope) => wait(scope) });
  const outer = await echo({ unary: (request, scope) => inner.upstream.bind(scope).unary(request) });
  await expect(outer.client.unary({}, { timeoutMs: 300 })).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await expect.poll(() => events.at(-1)).toMatch(/^ended/);
});

test("a scope that aborts ends what is bound to it, and starts nothing more", async () => {
  const { events, wait } = waiting();
  const { upstream } = await echo({ unary: (_, scope) => wait(scope) });
  const controller = new AbortController();
  const client = upstream.bind(scopeWith({ signal: controller.signal }));
  const call = client.unary({});
  await expect.poll(() => events).toEqual(["started"]);
  controller.abort(new DOMException("took too long", "TimeoutError"));
  await expect(call).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await expect(client.unary({})).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
  await expect.poll(() => events).toHaveLength(2);
});

test("the signal does not abort after a call that ended well", async () => {
  const signals: AbortSignal[] = [];
  const { client, server } = await echo({
    async unary(request, { signal }) {
      signals.push(signal);
      return request;
    },
    async *down(request, { signal }) {
      signals.push(signal);
      yield request;
    },
  });
  await client.unary({}, { timeoutMs: 2_000 });
  await collect(client.down({}));
  await server.close();
  expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
});

test("leaving a loop over a server stream ends it on the server, where clean-up runs", async () => {
  const events: string[] = [];
  const { client } = await echo({
    async *down({ text }) {
      try {
        for (let number = 0; ; number++) yield { text, number };
      } finally {
        events.push("cleaned up");
      }
    },
  });
  for await (const { number } of client.down({})) if (number === 3) break;
  await expect.poll(() => events).toEqual(["cleaned up"]);
});

test("a stream that waits for its next message can be left too", async () => {
  const { events, wait } = waiting();
  const { client } = await echo({
    async *down(_, scope) {
      yield await wait(scope);
    },
  });
  const iterator = client.down({})[Symbol.asyncIterator]();
  const next = iterator.next();
  await expect.poll(() => events).toEqual(["started"]);
  await iterator.return?.();
  expect(await next).toMatchObject({ done: true });
  await expect.poll(() => events).toHaveLength(2);
});

test("leaving a loop over a bidirectional stream ends both sides of it", async () => {
  const events: string[] = [];
  async function* source() {
    try {
      for (let number = 0; ; number++) yield { number };
    } finally {
      events.push("source left");
    }
  }
  const { client } = await echo({
    async *both(requests) {
      try {
        for await (const request of requests) yield request;
      } finally {
        events.push("handler left");
      }
    },
  });
  for await (const { number } of client.both(source())) if (number === 5) break;
  await expect.poll(() => events.toSorted()).toEqual(["handler left", "source left"]);
});

test("a handler may leave its loop over the requests and go on answering", async () => {
  const { client } = await echo({
    async *both(requests) {
      for await (const { number } of requests) if (number === 2) break;
      yield { text: "after the loop", number: 0 };
    },
  });
  const answers = await collect(client.both(notes(1, 2, 3, 4)));
  expect(answers).toMatchObject([{ text: "after the loop" }]);
});

test("a source that fails ends the call with its own error", async () => {
  const { events, wait } = waiting();
  const { client } = await echo({ up: (_, scope) => wait(scope) });
  async function* source() {
    yield { number: 1 };
    await expect.poll(() => events).toEqual(["started"]);
    throw new RangeError("the file is broken");
  }
  await expect(client.up(source())).rejects.toThrow(new RangeError("the file is broken"));
  await expect.poll(() => events.at(-1)).toBe("ended: the caller is gone");
});

test("a source that waits is told when the call is over", async () => {
  let wasTold = false;
  const stuck: AsyncIterable<{ number: number }> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => {}),
      async return() {
        wasTold = true;
        return { done: true, value: undefined };
      },
    }),
  };
  const { client } = await echo({ up: async () => ({ text: "enough", number: 0 }) });
  expect(await client.up(stuck)).toMatchObject({ text: "enough" });
  await expect.poll(() => wasTold).toBe(true);
});

test("a handler's iterator that waits is told when the caller left", async () => {
  const events: string[] = [];
  const stuck = {
    next: () => {
      events.push("waits");
      return new Promise<never>(() => {});
    },
    async return() {
      events.push("left");
      return { done: true as const, value: undefined };
    },
  };
  const { client } = await echo({ down: () => ({ [Symbol.asyncIterator]: () => stuck }) });
  const iterator = client.down({})[Symbol.asyncIterator]();
  const next = iterator.next();
  await expect.poll(() => events).toEqual(["waits"]);
  await iterator.return?.();
  await next;
  await expect.poll(() => events).toEqual(["waits", "left"]);
});

test.skipIf(inject("local"))("a response that can't be sent ends the handler's loop", async () => {
  let isLeft = false;
  const { client } = await echo({
    async *down() {
      try {
        for (let number = 0; ; number++) yield { text: "x".repeat(number * 3_000_000), number };
      } finally {
        isLeft = true;
      }
    },
  });
  await expect(collect(client.down({}))).rejects.toMatchObject({ code: "RESOURCE_EXHAUSTED" });
  expect(isLeft).toBe(true);
});
