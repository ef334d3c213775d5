import { testNatsCluster } from "@mesh/testing";
import { connect, StorageType } from "nats";
import { expect, onTestFinished, test } from "vitest";
import { openReader, openReplica, recordedLog, untilFound } from "../../fixtures/registry.ts";
import { connectBus } from "../bus.ts";
import { openPolicyStore } from "../policy/policy-store.ts";
import { registeredReplicas } from "./registered-replicas.ts";

const [a, b, c] = ["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003"] as const;

test("a cluster that still elects its leader has the registry on three servers, and it survives each", async () => {
  await using nats = await testNatsCluster();
  const reader = openReader(nats.url, ["orders"]);
  for (const address of [a, b]) openReplica(nats.url, ["orders"], address);
  await untilFound(reader, "orders", [a, b]);
  expect(await copiesOf(nats.url)).toBe(3);
  const changes = reader.changes("orders");
  for (const server of nats.servers) {
    await server.kill();
    const added = openReplica(nats.url, ["orders"], c);
    await untilFound(reader, "orders", [a, b, c]);
    await server.restart();
    await added.close();
    await untilFound(reader, "orders", [a, b]);
  }
  // One change when a replica is added, and one when it leaves.
  expect(reader.changes("orders")).toBe(changes + 2 * nats.servers.length);
});

test("a cluster of two servers has the registry on one of them", async () => {
  await using nats = await testNatsCluster(2);
  const reader = openReader(nats.url, ["orders"]);
  openReplica(nats.url, ["orders"], a);
  await untilFound(reader, "orders", [a]);
  expect(await copiesOf(nats.url)).toBe(1);
});

test("a server of a cluster that vanishes removes no replica, whichever it is", async () => {
  await using nats = await testNatsCluster();
  // Each begins at a server of its own, and knows the others from it.
  const readers = nats.servers.map(({ url }) => openReader(url, ["orders"]));
  for (const [at, { url }] of nats.servers.entries()) openReplica(url, ["orders"], `127.0.0.1:${7001 + at}`);
  for (const reader of readers) await untilFound(reader, "orders", [a, b, c]);
  const bus = connectBus({ url: nats.url, name: "list", log: recordedLog().log });
  onTestFinished(() => bus.close());
  for (const server of nats.servers) {
    server.freeze();
    const vanishedAt = Date.now();
    // Everything has connected to another server, and the time in which readers may wait is over.
    const heardAt = async () => {
      const replicas = await registeredReplicas(bus, AbortSignal.timeout(5_000)).catch(() => []);
      void bus.probe();
      return replicas.length === 3 ? Math.min(...replicas.map(({ heardAt }) => heardAt.getTime())) : 0;
    };
    await expect.poll(heardAt, { timeout: 60_000 }).toBeGreaterThan(vanishedAt + 8_000);
    expect(readers.map((reader) => reader.addresses("orders"))).toEqual([1, 2, 3].map(() => [a, b, c]));
    server.thaw();
  }
  for (const reader of readers) {
    const lists = reader.lists("orders");
    const removals = lists.filter((list, at) => list.length < (lists[at - 1]?.length ?? 0));
    expect(removals).toEqual([]);
  }
});

test("a registry and a policy that a cluster has on one server are put on three", async () => {
  await using nats = await testNatsCluster();
  const connection = await connect({ servers: nats.url.split(",") });
  onTestFinished(() => connection.close());
  const { views } = connection.jetstream({ checkAPI: false });
  for (const bucket of ["mesh_registry", "mesh_policy"]) {
    const create = () => views.kv(bucket, { replicas: 1, storage: StorageType.Memory }).catch(() => undefined);
    await expect.poll(create, { timeout: 60_000 }).toBeDefined();
    expect(await copiesOf(nats.url, bucket)).toBe(1);
  }
  const reader = openReader(nats.url, ["orders"]);
  openReplica(nats.url, ["orders"], a);
  await untilFound(reader, "orders", [a]);
  await expect.poll(() => copiesOf(nats.url)).toBe(3);
  const bus = connectBus({ url: nats.url, name: "policy", log: recordedLog().log });
  onTestFinished(() => bus.close());
  await openPolicyStore(bus, AbortSignal.timeout(60_000));
  expect(await copiesOf(nats.url, "mesh_policy")).toBe(3);
  expect(reader.lists("orders").filter((list) => list.length > 0)).toEqual([[a]]);
});

async function copiesOf(url: string, bucket = "mesh_registry"): Promise<number> {
  const connection = await connect({ servers: url.split(",") });
  try {
    const manager = await connection.jetstreamManager();
    return (await manager.streams.info(`KV_${bucket}`)).config.num_replicas;
  } finally {
    await connection.close();
  }
}
