import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort, isFreeEverywhere } from "./free-port.ts";
import { holdPort } from "./held-port.ts";

test.each(["127.0.0.1", "0.0.0.0", "::1", "::"])("a port is taken if another server listens on %s", async (host) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  expect(await isFreeEverywhere(port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await isFreeEverywhere(port)).toBe(true);
});

test("a free port goes to one caller, and no connection of the system gets it", async () => {
  const ports = await Promise.all(Array.from({ length: 400 }, freePort));
  expect(new Set(ports).size).toBe(400);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

test("a held port is taken until it is released", async () => {
  const first = await holdPort(43_117);
  const second = await holdPort(43_117);
  expect(second.number).toBeGreaterThan(first.number);
  await first.release();
  const third = await holdPort(43_117);
  expect(third.number).toBe(first.number);
  await Promise.all([second.release(), third.release()]);
});
