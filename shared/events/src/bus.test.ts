import { testNats, testNetwork } from "@mesh/testing";
import { expect, onTestFinished, test } from "vitest";
import { recordedLog } from "../fixtures/registry.ts";
import { type Bus, connectBus, probeMs } from "./bus.ts";

/** Connects until the test ends. Returns the changes of the connection, too. */
async function openBus(url: string): Promise<{ bus: Bus; changes: boolean[] }> {
  const bus = connectBus({ url, name: "test", log: recordedLog().log });
  onTestFinished(() => bus.close());
  const changes: boolean[] = [];
  await bus.connected(AbortSignal.timeout(60_000));
  bus.onChange((connection) => void changes.push(connection !== undefined));
  return { bus, changes };
}

test("a connection on which nothing comes any more is replaced by a probe, long before the client notices it", async () => {
  await using nats = await testNats();
  await using network = await testNetwork(nats.url);
  // The client chooses one of the two addresses.
  let opened = await openBus(`${network.url},${nats.url}`);
  while (network.connections === 0) opened = await openBus(`${network.url},${nats.url}`);
  const { bus, changes } = opened;
  network.freeze();
  const began = performance.now();
  await Promise.all([bus.probe(), bus.probe()]);
  expect(performance.now() - began).toBeGreaterThan(probeMs - 50);
  await expect.poll(() => changes).toEqual([true, false, true]);
  await bus.current()?.flush();
  // It takes 1.6 s, and 5 s more because the client tries the same server first. Alone it would need 20 s or more.
  expect(performance.now() - began).toBeLessThan(15_000);
});

test("a connection whose buffers are full is given up by a probe, and NATS is reached again when it goes on", async () => {
  await using nats = await testNats();
  const { bus, changes } = await openBus(nats.url);
  nats.freeze();
  const payload = new Uint8Array(512 * 1024);
  // More than the buffers of the system hold for a process that reads nothing.
  for (let index = 0; index < 64; index++) bus.current()?.publish("test", payload);
  await bus.probe();
  await expect.poll(() => changes, { timeout: 10_000 }).toEqual([true, false]);
  nats.thaw();
  await expect.poll(() => changes).toEqual([true, false, true]);
  await bus.current()?.flush();
});

test("a connection that responds is kept by a probe, also if the process could not run meanwhile", async () => {
  await using nats = await testNats();
  const { bus, changes } = await openBus(nats.url);
  await bus.probe();
  const probing = bus.probe();
  const until = performance.now() + probeMs + 500;
  while (performance.now() < until);
  await probing;
  await bus.probe();
  expect(changes).toEqual([true]);
});
