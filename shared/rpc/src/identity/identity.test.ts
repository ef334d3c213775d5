import { connect as connectSocket } from "node:net";
import { connect as connectTls } from "node:tls";
import { beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { capturedLog } from "../../fixtures/captured-log.ts";
import { EchoService } from "../../fixtures/echo.ts";
import { inMs, type TestAuthority, testAuthority } from "../../fixtures/identities.ts";
import { collect, latch, serveEcho } from "../../fixtures/servers.ts";
import {
  type ClientCredentials,
  type ConnectOptions,
  connect,
  createIdentity,
  type Identity,
  type RunningServer,
} from "../index.ts";

// The service of the fixtures has the name `test` in the mesh.
let authority: TestAuthority;
let other: TestAuthority;
beforeAll(async () => {
  [authority, other] = await Promise.all([testAuthority(), testAuthority()]);
});

function connectTo(
  { address }: Pick<RunningServer, "address">,
  credentials: Identity | ClientCredentials | undefined,
  options: Partial<ConnectOptions> = {},
) {
  const upstream = connect(EchoService, { address, ...(credentials && { credentials }), ...options });
  onTestFinished(() => upstream.close());
  return upstream;
}

/** Serves the echo service as `test`. */
async function serveSecured(handlers: Parameters<typeof serveEcho>[0] = {}, options: { ca?: string } = {}) {
  const { log, lines } = capturedLog();
  const identity = createIdentity(await authority.files("test", options));
  const server = await serveEcho(handlers, { credentials: identity, log });
  return { server, identity, lines, failures: () => lines.filter(({ msg }) => msg === "a TLS handshake failed") };
}

async function expectUnavailable(upstream: ReturnType<typeof connectTo>): Promise<void> {
  await expect(upstream.client.unary({}, { timeoutMs: 10_000 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
}

test("a handler and the access log know who calls, in each kind of method", async () => {
  const seen: unknown[] = [];
  const { server, lines } = await serveSecured({
    async unary(request, context) {
      seen.push(Reflect.get(context, "call").caller);
      return request;
    },
    async *down(request, context) {
      seen.push(Reflect.get(context, "call").callerNames);
      yield request;
    },
  });
  const { client } = connectTo(server, await authority.identity(["orders", "payments"]));
  await client.unary({});
  await collect(client.down({}));
  expect(seen).toEqual(["orders", ["orders", "payments"]]);
  await expect.poll(() => lines.filter(({ msg }) => msg === "call")).toHaveLength(2);
  expect(lines.find(({ msg }) => msg === "call")).toMatchObject({ caller: "orders" });
});

test("without an identity no caller has a name, whatever its certificate says", async () => {
  const seen: unknown[] = [];
  const { cert, key, ca } = await authority.files("test");
  const handlers = {
    async unary<R>(request: R, context: object) {
      seen.push(Reflect.get(context, "call").caller);
      return request;
    },
  };
  const plain = await serveEcho(handlers);
  await connectTo(plain, undefined).client.unary({});
  const withFiles = await serveEcho(handlers, { credentials: { cert, key, ca } });
  await connectTo(withFiles, await authority.files("orders")).client.unary({});
  expect(seen).toEqual([undefined, undefined]);
});

test("a server with another name than the one that is called is rejected, and the line says which", async () => {
  const { log, lines } = capturedLog();
  const wrong = await serveEcho({}, { credentials: await authority.identity("payments") });
  await expectUnavailable(connectTo(wrong, await authority.identity("orders"), { log }));
  expect(lines).toMatchObject([
    {
      level: 40,
      upstream: "test",
      reason: "its certificate has the name payments, not test",
      msg: "a TLS handshake failed",
    },
  ]);
});

test("a server that serves several names is accepted by each of them", async () => {
  const server = await serveEcho({}, { credentials: await authority.identity(["orders", "test"]) });
  expect(await connectTo(server, await authority.identity("payments")).client.unary({ text: "x" })).toMatchObject({
    text: "x",
  });
});

test("a server of a foreign authority or domain, or one that has expired, is rejected", async () => {
  const orders = await authority.identity("orders");
  const servers = {
    "its certificate is of an unknown authority": await other.files("test"),
    "its certificate has expired": await authority.files("test", { notBefore: inMs(-7_000), notAfter: inMs(-1_000) }),
    "its certificate is not valid yet": await authority.files("test", { notBefore: inMs(900_000) }),
    "its certificate has the name no name in mesh.local, not test": await authority.files("test", {
      trustDomain: "another.mesh",
    }),
  };
  for (const [reason, files] of Object.entries(servers)) {
    const { log, lines } = capturedLog();
    const server = await serveEcho({}, { credentials: createIdentity(files) });
    await expectUnavailable(connectTo(server, orders, { log }));
    expect(lines).toMatchObject([{ upstream: "test", reason }]);
  }
});

test("a caller of a foreign authority or domain, an expired one, or one without a certificate is rejected", async () => {
  const callers: Record<string, ClientCredentials> = {
    "its certificate is of an unknown authority": await other.files("orders", { ca: authority.ca }),
    "its certificate has expired": await authority.files("orders", { notBefore: inMs(-7_000), notAfter: inMs(-1_000) }),
    "its certificate has no name in mesh.local": await authority.files("orders", { trustDomain: "another.mesh" }),
    "it has no certificate": { ca: authority.ca },
  };
  for (const [reason, credentials] of Object.entries(callers)) {
    const { server, failures } = await serveSecured();
    await expectUnavailable(connectTo(server, { ...credentials, serverName: "localhost" }));
    await expect.poll(failures).toMatchObject([{ level: 40, peer: "127.0.0.1", reason }]);
  }
});

test("a caller without TLS is rejected, and so is a server without it", async () => {
  const { server, failures } = await serveSecured();
  await expectUnavailable(connectTo(server, undefined));
  await expect.poll(failures).toMatchObject([{ reason: "it does not use TLS" }]);
  await expectUnavailable(connectTo(await serveEcho(), await authority.identity("orders")));
});

test("rotation drops no call: open ones go on, new connections have the new certificate", async () => {
  const { opened, open } = latch();
  const { server, identity } = await serveSecured({
    async *down({ text }) {
      yield { text, number: 1 };
      await opened;
      yield { text, number: 2 };
    },
  });
  const orders = await authority.identity("orders");
  const { client } = connectTo(server, orders);
  const stream = client.down({})[Symbol.asyncIterator]();
  await stream.next();
  const calls = Array.from({ length: 50 }, () => client.unary({ text: "x" }));
  const before = await certificateOf(server);
  identity.rotate(await authority.files("test"));
  orders.rotate(await authority.files("orders"));
  calls.push(...Array.from({ length: 50 }, () => client.unary({ text: "x" })));
  expect(await Promise.all(calls)).toHaveLength(100);
  expect(await certificateOf(server)).not.toBe(before);
  await connectTo(server, orders).client.unary({});
  open();
  expect(await stream.next()).toMatchObject({ value: { number: 2 } });
});

test("an authority can be replaced without a dropped call: first trusted, then used, then removed", async () => {
  const both = authority.ca + other.ca;
  const { server, identity, failures } = await serveSecured();
  const orders = await authority.identity("orders");
  const { client } = connectTo(server, orders);
  const failed: unknown[] = [];
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  const calls = (async () => {
    while (!isOver) await client.unary({}).catch((error: unknown) => failed.push(error));
  })();
  const replace = async (issuer: TestAuthority, ca: string) => {
    identity.rotate(await issuer.files("test", { ca }));
    orders.rotate(await issuer.files("orders", { ca }));
    await connectTo(server, orders).client.unary({});
  };
  await replace(authority, both);
  await replace(other, both);
  await replace(other, other.ca);
  isOver = true;
  await calls;
  expect(failed).toEqual([]);
  expect(failures()).toEqual([]);
  await expectUnavailable(connectTo(server, createIdentity(await authority.files("orders", { ca: both }))));
  await expect.poll(failures).toMatchObject([{ reason: "its certificate is of an unknown authority" }]);
});

test("a connection that was open when its authority was removed carries no new calls", async () => {
  const seen: unknown[] = [];
  const { server, identity, failures } = await serveSecured(
    {
      async unary(request, context) {
        seen.push(Reflect.get(context, "call").peer);
        return request;
      },
    },
    { ca: authority.ca + other.ca },
  );
  // It keeps the certificate of the authority that is removed.
  const { client } = connectTo(server, createIdentity(await other.files("orders", { ca: authority.ca })));
  await client.unary({});
  identity.rotate(await authority.files("test"));
  await expect(client.unary({})).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(seen).toHaveLength(1);
  await expect.poll(failures).toMatchObject([{ reason: "its certificate is of an unknown authority" }]);
});

test("an identity keeps its files if others do not fit", async () => {
  const files = await authority.files("orders");
  const identity = createIdentity(files);
  const { key } = await authority.files("orders");
  expect(() => identity.rotate({ ...files, key })).toThrow("the key is not that of the certificate");
  expect(() => identity.rotate({ ...files, ca: "" })).toThrow("the file of the authorities has no certificate");
  expect(identity.current.files).toBe(files);
  const foreign = await authority.files("orders", { trustDomain: "another.mesh" });
  expect(() => identity.rotate(foreign)).toThrow(
    "the certificate is of the trust domain another.mesh, not of mesh.local",
  );
  const nameless = await authority.files([]);
  expect(() => createIdentity(nameless)).toThrow("the certificate has no id such as spiffe://mesh.local/orders");
});

test("many failed handshakes of one kind are one line and one count; a probe of the port is none", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { server, failures } = await serveSecured();
  await closed(
    connectSocket(server.port, "127.0.0.1", function (this: { end(): void }) {
      this.end();
    }),
  );
  for (let index = 0; index < 30; index++) {
    await closed(connectTls({ port: server.port, ca: authority.ca, servername: "localhost", ALPNProtocols: ["h2"] }));
  }
  await vi.waitFor(() => expect(failures()).toHaveLength(1));
  vi.advanceTimersByTime(60_000);
  expect(failures()).toMatchObject([
    { reason: "it has no certificate" },
    { reason: "it has no certificate", repeated: 29, seconds: 60 },
  ]);
});

function closed(socket: ReturnType<typeof connectSocket>): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => {}).once("close", () => resolve());
    socket.resume();
  });
}

/** Returns the fingerprint of the certificate that a new connection gets. */
async function certificateOf({ port }: RunningServer): Promise<string> {
  const files = await authority.files("orders");
  return new Promise((resolve, reject) => {
    const { ca, cert, key } = files;
    const options = { port, servername: "localhost", ALPNProtocols: ["h2"] };
    const socket = connectTls({ ...options, ca: String(ca), cert: String(cert), key: String(key) }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once("error", reject);
  });
}
