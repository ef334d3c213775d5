import { testNatsCluster } from "@mesh/testing";
import { connect } from "nats";
import { expect, test } from "vitest";
import { openReader, openReplica, untilFound } from "../../fixtures/registry.ts";

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

async function copiesOf(url: string): Promise<number> {
  const connection = await connect({ servers: url.split(",") });
  try {
    const manager = await connection.jetstreamManager();
    return (await manager.streams.info("KV_mesh_registry")).config.num_replicas;
  } finally {
    await connection.close();
  }
}
