import { once } from "node:events";
import { createServer, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { Leaving } from "./leaving.ts";

/** Opens both ends of a request. `leave` ends it. */
async function openRequest(): Promise<{ response: ServerResponse; leave: () => Promise<void> }> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  // A server that listens on a port has an address of this kind.
  const client = request({ host: "127.0.0.1", port: (server.address() as AddressInfo).port }).end();
  client.on("error", () => {});
  const [, response] = await once(server, "request");
  const closed = once(response, "close");
  const leave = async () => {
    client.destroy();
    await closed;
  };
  return { response, leave };
}

test("a client that leaves aborts the signal, and calls back those who wait without one", async () => {
  const { response, leave } = await openRequest();
  const leaving = new Leaving(response);
  const reasons: unknown[] = [];
  for (const _ of [1, 2]) leaving.onAbort((reason) => reasons.push(reason));
  const { signal } = leaving;
  expect([signal.aborted, reasons]).toEqual([false, []]);
  await leave();
  expect(signal.aborted).toBe(true);
  expect(signal.reason.name).toBe("AbortError");
  expect(reasons).toEqual([signal.reason, signal.reason]);
});

test("a client that has left already does so too", async () => {
  const { response, leave } = await openRequest();
  await leave();
  const leaving = new Leaving(response);
  const reasons: unknown[] = [];
  leaving.onAbort((reason) => reasons.push(reason));
  expect(leaving.signal.aborted).toBe(true);
  expect(reasons).toEqual([leaving.signal.reason]);
});

test("a client that has its whole response leaves nothing", async () => {
  const { response } = await openRequest();
  const leaving = new Leaving(response);
  const reasons: unknown[] = [];
  leaving.onAbort((reason) => reasons.push(reason));
  response.end();
  await once(response, "close");
  expect([leaving.signal.aborted, reasons]).toEqual([false, []]);
});
