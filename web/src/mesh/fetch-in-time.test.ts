import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { fetchInTime } from "./fetch-in-time.ts";

test("each request begins a trace, and keeps its headers", async () => {
  const received: unknown[] = [];
  const server = createServer(({ headers }, response) => {
    received.push(headers.traceparent);
    response.end(headers["idempotency-key"]);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // A server that listens on a port has an address of this type.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const headers of [{ "idempotency-key": "k" }, new Headers({ "idempotency-key": "k" })]) {
    expect(await (await fetchInTime(url, { headers })).text()).toBe("k");
  }
  await fetchInTime(url);
  const header = expect.stringMatching(/^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-01$/);
  expect(received).toEqual([header, header, header]);
  expect(new Set(received).size).toBe(3);
});
