import { setTimeout as sleep } from "node:timers/promises";
import { expect, inject, onTestFinished, test } from "vitest";
import { EchoService } from "../fixtures/echo.ts";
import { expectSmall, memoryOf } from "../fixtures/fuzz.ts";
import { answered, floods, forbidden, harmless, strangers, writeHalf } from "../fixtures/hostile-frames.ts";
import { type RawConnection, rawHttp2 } from "../fixtures/raw-http2.ts";
import { spawnReplica } from "../fixtures/replicas.ts";
import { connect } from "./index.ts";

/** A server in a process of its own, and a client that is served all the time. */
async function startServer() {
  const server = await spawnReplica("sturdy");
  // By the default steps, as a client has them.
  const { client, close } = connect(EchoService, { address: server.address, mux: inject("mux") });
  onTestFinished(close);
  const serves = () =>
    expect(client.unary({ number: 1 }, { timeoutMs: 30_000 })).resolves.toMatchObject({ text: "sturdy" });
  await serves();
  return { server, serves };
}

/** Writes frames to a new connection. */
async function send(address: string, parts: readonly Uint8Array[]): Promise<RawConnection> {
  const connection = await rawHttp2(address);
  // A server that has ended the connection reads no more.
  await Promise.race([connection.write(...parts), connection.end]);
  return connection;
}

test("frames that HTTP/2 forbids end their connection or their stream, and nothing else", async () => {
  const { server, serves } = await startServer();
  const before = memoryOf(server.pid);
  for (const [name, parts] of Object.entries(forbidden)) {
    const { end, socket } = await send(server.address, parts);
    expect(await end, name).toMatch(/^(go away|reset|closed)/);
    socket.destroy();
    await serves();
  }
  const half = await rawHttp2(server.address);
  await writeHalf(half);
  expect(await half.end).toMatch(/^(go away|closed)/);
  await serves();
  expectSmall(server, before);
});

test("floods of frames end their connection, and cost the server little memory", async () => {
  const { server, serves } = await startServer();
  const before = memoryOf(server.pid);
  for (const [name, parts] of Object.entries(floods)) {
    for (const isRead of [true, false]) {
      const connection = await rawHttp2(server.address);
      // A client that reads nothing gets no responses, so these would wait in the memory of the server.
      if (!isRead) connection.socket.pause();
      const writing = connection.write(...parts);
      await Promise.race([writing, connection.end, sleep(isRead ? 60_000 : 2_000)]);
      if (isRead) expect(await connection.end, name).toMatch(/^(go away|reset|closed)/);
      expectSmall(server, before);
      connection.socket.destroy();
      await serves();
    }
  }
});

test("frames that change nothing leave their connection open", async () => {
  const { server, serves } = await startServer();
  const before = memoryOf(server.pid);
  for (const [name, parts] of Object.entries(harmless)) {
    const connection = await send(server.address, parts);
    expect(await connection.isAlive(), name).toBe(true);
    await serves();
  }
  expectSmall(server, before);
});

test.each(["/test.v1.EchoService/Unary", "/test.v1.EchoService/Down", "/mesh.v1.Mux/Open", "/mesh.v1.Mux/Stream"])(
  "calls of %s that are wrong in themselves get a status, and their connection goes on",
  async (path) => {
    const { server, serves } = await startServer();
    const before = memoryOf(server.pid);
    for (const [name, partsOf] of Object.entries(answered)) {
      const connection = await send(server.address, partsOf(path));
      expect(await connection.end, name).toBe("status");
      expect(await connection.isAlive(), name).toBe(true);
      await serves();
    }
    expectSmall(server, before);
  },
);

test("clients that do not speak HTTP/2, and one that says go away, disturb no other", async () => {
  const { server, serves } = await startServer();
  const before = memoryOf(server.pid);
  for (const [name, bytes] of Object.entries(strangers)) {
    const connection = await rawHttp2(server.address, bytes);
    connection.socket.end();
    expect(await connection.end, name).toMatch(/^(go away|closed)/);
    await serves();
  }
  expectSmall(server, before);
});
