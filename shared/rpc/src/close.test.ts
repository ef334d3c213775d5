import { connect as connectHttp2 } from "node:http2";
import { connect as connectSocket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { collect, connectEcho, echo, latch, serveEcho, untilAborted } from "../fixtures/servers.ts";

test("a call under way may end; a stream of responses is ended", async () => {
  const events: string[] = [];
  const gate = latch();
  const { server, client } = await echo(
    {
      async unary(request) {
        events.push("unary");
        await gate.opened;
        return request;
      },
      async *down(request, { signal }) {
        yield request;
        events.push("stream");
        await untilAborted(signal);
      },
    },
    { drainMs: 30_000 },
  );
  const unary = client.unary({ text: "finished" });
  const stream = collect(client.down({}));
  await expect.poll(() => events.toSorted()).toEqual(["stream", "unary"]);
  const closing = server.close();
  await expect(stream).rejects.toMatchObject({ code: "UNAVAILABLE", message: "the server is closing" });
  gate.open();
  expect(await unary).toMatchObject({ text: "finished" });
  await closing;
  await expect(client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("an upload under way may end, and a conversation is ended", async () => {
  const gate = latch();
  let begun = 0;
  const { server, client } = await echo(
    {
      async up(requests) {
        let sum = 0;
        for await (const { number } of requests) {
          begun += 1;
          sum += number;
        }
        return { text: "all", number: sum };
      },
      async *both(requests) {
        for await (const request of requests) {
          begun += 1;
          yield request;
        }
      },
    },
    { drainMs: 30_000 },
  );
  async function* slowly() {
    yield { number: 1 };
    await gate.opened;
    yield { number: 2 };
  }
  const upload = client.up(slowly());
  const conversation = collect(client.both(slowly()));
  await expect.poll(() => begun).toBe(2);
  const closing = server.close();
  await expect(conversation).rejects.toMatchObject({ code: "UNAVAILABLE", message: "the server is closing" });
  gate.open();
  expect(await upload).toMatchObject({ text: "all", number: 3 });
  await closing;
});

test("calls that hang do not hold it up", async () => {
  const hang = () => new Promise<never>(() => {});
  let started = 0;
  const { server, client } = await echo(
    {
      unary: () => {
        started += 1;
        return hang();
      },
      down: () => {
        started += 1;
        return { [Symbol.asyncIterator]: () => ({ next: hang }) };
      },
      up: () => {
        started += 1;
        return hang();
      },
    },
    { drainMs: 200 },
  );
  const results = [
    client.unary({}),
    collect(client.down({})),
    client.up({ [Symbol.asyncIterator]: () => ({ next: hang }) }),
  ].map((call) => call.catch((error: Error) => error.message));
  await expect.poll(() => started).toBe(3);
  const startedAt = Date.now();
  await server.close();
  expect(Date.now() - startedAt).toBeLessThan(60_000);
  expect(await Promise.all(results)).toEqual(Array(3).fill("the server is closing"));
});

test("a client that never reads, and one that only connected, do not hold it up", async () => {
  let isSending = false;
  const server = await serveEcho({
    async *down() {
      for (let number = 0; ; number++) {
        isSending = true;
        yield { text: "x".repeat(100_000), number };
      }
    },
  });
  const idle = connectSocket(server.port, "127.0.0.1");
  const session = connectHttp2(`http://${server.address}`);
  for (const one of [idle, session]) one.on("error", () => {});
  onTestFinished(() => session.destroy());
  const headers = { ":method": "POST", ":path": "/test.v1.EchoService/Down", "content-type": "application/grpc" };
  session
    .request(headers)
    .end(Buffer.alloc(5))
    .on("error", () => {});
  await expect.poll(() => isSending).toBe(true);
  const startedAt = Date.now();
  await server.close();
  expect(Date.now() - startedAt).toBeLessThan(60_000);
  await expect.poll(() => session.destroyed).toBe(true);
});

test("closing twice is closing once, and the port is free then", async () => {
  const server = await serveEcho();
  await connectEcho(server).client.unary({});
  await Promise.all([server.close(), server.close()]);
  const again = await serveEcho({}, { port: server.port });
  expect(again.port).toBe(server.port);
});

test("a port that is taken is said so", async () => {
  const server = await serveEcho();
  await expect(serveEcho({}, { port: server.port })).rejects.toThrow(`can't listen on 127.0.0.1:${server.port}`);
});

test("a client finds a server that comes back", async () => {
  const first = await serveEcho();
  const { client } = connectEcho(first);
  await client.unary({});
  await first.close();
  await expect(client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await serveEcho({}, { port: first.port });
  await expect.poll(() => client.unary({ text: "back" }).catch(() => undefined)).toMatchObject({ text: "back" });
});
