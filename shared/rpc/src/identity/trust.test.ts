import { once } from "node:events";
import { connect as connectSocket } from "node:net";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { EchoService } from "../../fixtures/echo.ts";
import { type TestAuthority, testAuthority } from "../../fixtures/identities.ts";
import { serveEcho } from "../../fixtures/servers.ts";
import { connect, createIdentity } from "../index.ts";

let authority: TestAuthority;
let other: TestAuthority;
beforeAll(async () => {
  [authority, other] = await Promise.all([testAuthority(), testAuthority()]);
});

function openSocket(port: number) {
  const socket = connectSocket(port, "127.0.0.1").on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

test("a connection that proves nothing for ten seconds is closed", async () => {
  const server = await serveEcho({}, { credentials: await authority.identity("test") });
  await once(openSocket(server.port).resume(), "close");
});

test("a connection from before an authority was removed can't prove anything with it", async () => {
  const identity = createIdentity(await authority.files("test", { ca: authority.ca + other.ca }));
  const server = await serveEcho({}, { credentials: identity });
  const socket = openSocket(server.port);
  await once(socket, "connect");
  // The server has it once it has a later one.
  const caller = connect(EchoService, { address: server.address, credentials: await authority.identity("orders") });
  onTestFinished(() => caller.close());
  await caller.client.unary({});
  identity.rotate(await authority.files("test"));
  await once(socket.resume(), "close");
});

test("a server is verified also if NODE_TLS_REJECT_UNAUTHORIZED is 0", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const server = await serveEcho({}, { credentials: await other.identity("test") });
  const upstream = connect(EchoService, { address: server.address, credentials: await authority.identity("orders") });
  onTestFinished(() => upstream.close());
  await expect(upstream.client.unary({}, { timeoutMs: 10_000 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("files that are half written are no identity", async () => {
  const files = await authority.files("orders");
  const identity = createIdentity(files);
  const half = other.ca.slice(0, other.ca.length / 2);
  expect(() => identity.rotate({ ...files, ca: authority.ca + half })).toThrow("a certificate in the file has no end");
  expect(() => identity.rotate({ ...files, cert: `${files.cert}${half}` })).toThrow("has no end");
  expect(identity.current.files).toBe(files);
});
