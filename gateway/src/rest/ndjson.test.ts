import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished, vi } from "vitest";
import { lineWriter } from "./ndjson.ts";

/** Opens both ends of one response. */
async function answer(): Promise<{ response: ServerResponse; received: () => Promise<IncomingMessage> }> {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  // A server that listens on a port has an address of this kind.
  const request = get({ host: "127.0.0.1", port: (server.address() as AddressInfo).port });
  const [, response] = await once(server, "request");
  return { response, received: async () => (await once(request, "response"))[0] };
}

it("an idle stream sends pings, and its next line is still a line of JSON", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const { response, received } = await answer();
  const lines = lineWriter(response);
  await lines.write({ a: 1 });
  vi.advanceTimersByTime(30_000);
  await lines.write({ a: 2 });
  lines.end();
  lines.stop();
  expect(vi.getTimerCount()).toBe(0);
  let text = "";
  for await (const chunk of await received()) text += chunk;
  expect(text).toBe('{"result":{"a":1}}\n  {"result":{"a":2}}\n');
  expect(
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([{ result: { a: 1 } }, { result: { a: 2 } }]);
});

it("a stream that has not begun sends nothing after it was stopped", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { response } = await answer();
  const lines = lineWriter(response);
  lines.stop();
  vi.advanceTimersByTime(60_000);
  expect(response.headersSent).toBe(false);
  response.end();
});
