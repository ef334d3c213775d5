import { connect as connectHttp2, constants } from "node:http2";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { EchoService } from "../fixtures/echo.ts";
import { testAuthority } from "../fixtures/identities.ts";
import { noteBytes } from "../fixtures/mux-client.ts";
import { latch, serveEcho } from "../fixtures/servers.ts";
import { connect, createIdentity } from "./index.ts";

/** A unary handler that waits for the gate that the request names. */
function gated() {
  const gates = { first: latch(), second: latch() };
  const begun: string[] = [];
  const handlers = {
    async unary<R extends { text: string }>(request: R) {
      begun.push(request.text);
      if (request.text === "first" || request.text === "second") await gates[request.text].opened;
      return request;
    },
  };
  return { gates, begun, handlers };
}

/** A client on Node, as grpc-js is: after a GOAWAY it can send no ping, and grpc-js takes that for a lost connection. */
function http2Client(address: string) {
  const session = connectHttp2(`http://${address}`).on("error", () => {});
  onTestFinished(() => session.destroy());
  const ping = promisify((done: (error: Error | null) => void) => session.ping((error) => done(error)));
  let hasGoaway = false;
  session.on("goaway", () => {
    hasGoaway = true;
  });

  /** Returns the status of gRPC; undefined: the call had none. */
  function unary(text: string): Promise<unknown> {
    const headers = { ":method": "POST", ":path": "/test.v1.EchoService/Unary", "content-type": "application/grpc" };
    const stream = session.request({ ...headers, te: "trailers" });
    const message = noteBytes({ text });
    const frame = Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
    return new Promise((resolve) => {
      stream.on("trailers", (trailers) => resolve(trailers["grpc-status"]));
      // An error without a message before it has its status here.
      stream.on("response", (headers) => headers["grpc-status"] && resolve(headers["grpc-status"]));
      stream.on("error", () => resolve(undefined)).resume();
      stream.end(frame);
    });
  }
  return { session, unary, ping, hasGoaway: () => hasGoaway };
}

test("a connection gets no GOAWAY while a call from before the closing is open, so its pings work", async () => {
  const { gates, begun, handlers } = gated();
  const server = await serveEcho(handlers, { drainMs: 30_000 });
  const { unary, ping, hasGoaway, session } = http2Client(server.address);
  const idle = http2Client(server.address);
  await idle.unary("idle");
  const first = unary("first");
  await expect.poll(() => begun).toContain("first");
  const closing = server.close();
  await expect.poll(() => idle.session.destroyed).toBe(true);
  await ping();
  expect(hasGoaway()).toBe(false);
  const second = unary("second");
  await expect.poll(() => begun).toContain("second");
  gates.first.open();
  expect(await first).toBe("0");
  // A later call does not hold it up: on a busy connection there is always one.
  await expect.poll(hasGoaway).toBe(true);
  gates.second.open();
  expect(await second).toBe("0");
  await closing;
  await expect.poll(() => session.destroyed).toBe(true);
});

test("a call that never ends holds up the GOAWAY until shortly before the limit", async () => {
  const { begun, handlers } = gated();
  const server = await serveEcho(handlers, { drainMs: 1_000 });
  const { unary, session } = http2Client(server.address);
  const goaway = new Promise<unknown>((resolve) => session.once("goaway", resolve));
  const first = unary("first");
  await expect.poll(() => begun).toContain("first");
  const closing = server.close();
  expect(await goaway).toBe(constants.NGHTTP2_NO_ERROR);
  expect(await first).toBe("14");
  await closing;
});

test.each([true, false])(
  "an authority that is removed ends only connections with its certificates, each after its calls (mux: %s)",
  async (mux) => {
    const [authority, other] = await Promise.all([testAuthority(), testAuthority()]);
    const both = authority.ca + other.ca;
    const { gates, begun, handlers } = gated();
    const seen: string[] = [];
    const identity = createIdentity(await authority.files("test", { ca: both }));
    const server = await serveEcho(
      {
        async unary(request, context) {
          seen.push(Reflect.get(context, "call").peer);
          return handlers.unary(request);
        },
      },
      { credentials: identity },
    );
    const open = async (issuer: typeof authority) => {
      const credentials = createIdentity(await issuer.files("orders", { ca: both }));
      const upstream = connect(EchoService, { address: server.address, credentials, mux });
      onTestFinished(() => upstream.close());
      return { client: upstream.client, credentials };
    };
    const [trusted, removed] = await Promise.all([open(authority), open(other)]);
    const calls = [trusted.client.unary({ text: "first" }), removed.client.unary({ text: "second" })];
    await expect.poll(() => begun.toSorted()).toEqual(["first", "second"]);
    const callers = new Set(seen);
    identity.rotate(await authority.files("test"));
    await trusted.client.unary({ text: "on the same connection" });
    expect(new Set(seen)).toEqual(callers);
    // Its connection carries no new calls, and another one is not accepted.
    await expect(removed.client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(begun).toHaveLength(3);
    // With a new certificate it connects again, while the call from before goes on.
    removed.credentials.rotate(await authority.files("orders", { ca: both }));
    await expect.poll(() => removed.client.unary({}).catch(() => undefined)).toBeDefined();
    gates.first.open();
    gates.second.open();
    expect(await Promise.all(calls)).toMatchObject([{ text: "first" }, { text: "second" }]);
  },
);
