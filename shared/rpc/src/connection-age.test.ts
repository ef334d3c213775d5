import { expect, inject, onTestFinished, test } from "vitest";
import { capturedLog } from "../fixtures/captured-log.ts";
import { EchoService } from "../fixtures/echo.ts";
import { startProxy } from "../fixtures/proxy.ts";
import { latch, serveEcho } from "../fixtures/servers.ts";
import { connect } from "./index.ts";

/** Connects through a proxy, which counts the connections, with new connections every tenth of a second. */
async function connectAging(handlers: Parameters<typeof serveEcho>[0] = {}) {
  const server = await serveEcho(handlers);
  const proxy = await startProxy(server.port);
  const { log, lines } = capturedLog("info");
  const upstream = connect(EchoService, { address: proxy.address, mux: inject("mux"), connectionAgeMs: 100, log });
  onTestFinished(() => upstream.close());
  return { client: upstream.client, proxy, lines };
}

test("connections are replaced while calls and streams go on, and none of them fails", async () => {
  const ended = latch();
  const { client, proxy, lines } = await connectAging({
    async *down() {
      yield { text: "first", number: 1 };
      await ended.opened;
      yield { text: "last", number: 2 };
    },
  });
  const texts: string[] = [];
  const stream = (async () => {
    for await (const { text } of client.down({})) texts.push(text);
  })();
  await expect.poll(() => texts).toEqual(["first"]);
  let calls = 0;
  const failures: unknown[] = [];
  const callers = Array.from({ length: 8 }, async () => {
    while (proxy.counts.made < 8) {
      await client.unary({}).catch((error: unknown) => failures.push(error));
      calls += 1;
    }
  });
  await Promise.all(callers);
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(8);
  ended.open();
  await stream;
  expect(texts).toEqual(["first", "last"]);
  // Those that were replaced are closed.
  await expect.poll(() => proxy.connections()).toBeLessThanOrEqual(3);
  expect(lines).toEqual([]);
});

test("a server that is gone is not replaced by nothing: calls work when it is back", async () => {
  const { client, proxy } = await connectAging();
  await client.unary({});
  proxy.refuse(true);
  await expect.poll(() => proxy.counts.refused).toBeGreaterThan(0);
  expect(await client.unary({ text: "on the old connection" })).toMatchObject({ text: "on the old connection" });
  proxy.refuse(false);
  const before = proxy.counts.made;
  await expect.poll(() => proxy.counts.made).toBeGreaterThan(before);
  expect(await client.unary({ text: "on a new one" })).toMatchObject({ text: "on a new one" });
});
