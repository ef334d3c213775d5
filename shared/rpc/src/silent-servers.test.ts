import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { EchoService } from "../fixtures/echo.ts";
import { testAuthority } from "../fixtures/identities.ts";
import { connect } from "./index.ts";

/** Accepts connections and never sends a byte, until the test ends. Returns for how long its connections were open, in milliseconds. */
async function serveNothing() {
  const times: number[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const startedAt = performance.now();
    sockets.add(socket.on("error", () => {}).resume());
    socket.once("close", () => times.push(performance.now() - startedAt));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, times, sockets };
}

test("a connection to a server that says nothing ends, and another one is made, with and without TLS", async () => {
  const identity = await (await testAuthority()).identity("gateway");
  const expectAnother = async (credentials: object, afterMs: number) => {
    const { address, times, sockets } = await serveNothing();
    const { client, close } = connect(EchoService, { address, ...credentials });
    onTestFinished(close);
    const calling = client.unary({}, { timeoutMs: 60_000 }).catch((error: { code: string }) => error.code);
    await vi.waitFor(() => expect(sockets.size).toBeGreaterThanOrEqual(2), 60_000);
    expect(times[0]).toBeGreaterThan(afterMs - 1_000);
    await close();
    expect(await calling).toBe("UNAVAILABLE");
  };
  await Promise.all([expectAnother({}, 20_000), expectAnother({ credentials: identity }, 10_000)]);
});
