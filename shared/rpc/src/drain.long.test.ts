import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { EchoService } from "../fixtures/echo.ts";
import { testAuthority } from "../fixtures/identities.ts";
import { collect, serveEcho } from "../fixtures/servers.ts";
import { type ConnectOptions, connect, createIdentity } from "./index.ts";

// Both ends of a connection send a ping every 20 s.
const callMs = 27_000;
const streamMs = 45_000;

const handlers = {
  async unary<R extends { number: number }>(request: R) {
    await pause(request.number);
    return { ...request, text: "done" };
  },
  async *down({ number }: { number: number }) {
    yield { text: "begun", number: 1 };
    await pause(number);
    yield { text: "done", number: 2 };
  },
};

/** Connects. `begin` begins a call: 0 is a small one, and the request of 1 is too large for the mux. */
function unaryCalls(address: string, options: Partial<ConnectOptions> = {}) {
  const upstream = connect(EchoService, { address, ...options });
  onTestFinished(() => upstream.close());
  const { client } = upstream;
  const make = (text: string) => client.unary({ text, number: callMs }, { timeoutMs: 60_000 });
  const texts = ["", "x".repeat(100_000)];
  return { client, begin: (at: number) => make(texts[at] ?? "") };
}

const done = { text: "done" };

test("a server that closes lets calls of 27 s end", async () => {
  // Each has its own server: the calls of one connection must not hold up the GOAWAY of another.
  const cases = [true, false].flatMap((mux) => [0, 1].map((at) => ({ mux, at })));
  const results = cases.map(async ({ mux, at }) => {
    const server = await serveEcho(handlers, { drainMs: 40_000 });
    const call = unaryCalls(server.address, { mux }).begin(at);
    await pause(1_000);
    const closing = server.close();
    expect(await call).toMatchObject(done);
    await closing;
  });
  await Promise.all(results);
});

test("a server from which an authority is removed lets calls of 27 s and streams end", async () => {
  const [authority, other] = await Promise.all([testAuthority(), testAuthority()]);
  const both = authority.ca + other.ca;
  const identity = createIdentity(await authority.files("test", { ca: both }));
  const server = await serveEcho(handlers, { credentials: identity });
  const callers = [true, false].flatMap((mux) => [
    { mux, issuer: authority },
    { mux, issuer: other },
  ]);
  const results: Promise<unknown>[] = [];
  for (const { mux, issuer } of callers) {
    const credentials = createIdentity(await issuer.files("orders", { ca: both }));
    const { client, begin } = unaryCalls(server.address, { mux, credentials });
    const stream = collect(client.down({ number: callMs }));
    results.push(
      begin(0),
      begin(1),
      stream.then((notes) => notes.at(-1)),
    );
    // Those whose connections stay.
    if (issuer === authority) results.push(collect(client.down({ number: streamMs })).then((notes) => notes.at(-1)));
  }
  await pause(1_000);
  identity.rotate(await authority.files("test"));
  expect(await Promise.all(results)).toMatchObject(results.map(() => done));
});

test("a connection that is replaced because of its age lets a stream of 45 s end", async () => {
  const server = await serveEcho(handlers);
  const streams = [true, false].map((mux) => {
    const { client } = unaryCalls(server.address, { mux, connectionAgeMs: 2_000 });
    return collect(client.down({ number: streamMs })).then((notes) => notes.at(-1));
  });
  expect(await Promise.all(streams)).toMatchObject(streams.map(() => done));
});
