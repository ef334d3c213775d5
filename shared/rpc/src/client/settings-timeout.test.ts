import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Channel, type ChannelCredentials, connectivityState as state } from "@grpc/grpc-js";
import { expect, onTestFinished, test } from "vitest";
import { testAuthority } from "../../fixtures/identities.ts";
import { serveEcho } from "../../fixtures/servers.ts";
import { grpcChannelCredentials } from "../credentials.ts";
import { TimedChannelCredentials } from "./settings-timeout.ts";

const backoff = { "grpc.initial_reconnect_backoff_ms": 100, "grpc.max_reconnect_backoff_ms": 100 };

function openChannel(address: string, credentials: ChannelCredentials): Channel {
  const channel = new Channel(address, credentials, backoff);
  onTestFinished(() => channel.close());
  return channel;
}

async function listen(server: Server): Promise<string> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each(["TCP", "TLS"])("a connection that gets %s and no SETTINGS ends, and is made again", async (kind) => {
  const authority = await testAuthority();
  const { cert, key } = await authority.files("test");
  let ended = 0;
  const silent = (socket: Socket) => {
    socket.on("error", () => {}).resume();
    socket.on("close", () => ended++);
  };
  const isTls = kind === "TLS";
  const server = isTls
    ? createTlsServer({ cert: Buffer.from(cert), key: Buffer.from(key), ALPNProtocols: ["h2"] })
    : createServer();
  server.on(isTls ? "secureConnection" : "connection", silent);
  const address = await listen(server);
  const identity = isTls ? await authority.identity("other") : undefined;
  const channel = openChannel(
    address,
    new TimedChannelCredentials(grpcChannelCredentials(identity, "test", undefined), 200),
  );
  await expect
    .poll(() => {
      channel.getConnectivityState(true);
      return ended;
    })
    .toBeGreaterThanOrEqual(2);
});

test.each(["TCP", "TLS"])("a connection by %s that works stays open, also if it is idle", async (kind) => {
  const authority = await testAuthority();
  const identity = kind === "TLS" ? await authority.identity("test") : undefined;
  const { address } = await serveEcho({}, identity && { credentials: identity });
  const credentials = grpcChannelCredentials(identity, "test", undefined);
  const channel = openChannel(address, new TimedChannelCredentials(credentials, 300));
  channel.getConnectivityState(true);
  await expect.poll(() => channel.getConnectivityState(true)).toBe(state.READY);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(channel.getConnectivityState(false)).toBe(state.READY);
});
