import { testNats } from "@mesh/testing";
import { connect } from "nats";
import { expect, onTestFinished, test, vi } from "vitest";
import { openReplica, recordedLog } from "../../fixtures/registry.ts";
import { connectBus } from "../bus.ts";
import { registeredReplicas } from "./registered-replicas.ts";

/** Opens a connection until the test ends, and lists the replicas by it. */
function openList(url: string) {
  const bus = connectBus({ url, name: "list", log: recordedLog().log });
  onTestFinished(() => bus.close());
  return async () => {
    const replicas = await registeredReplicas(bus, AbortSignal.timeout(60_000));
    return replicas.map(({ service, address }) => `${service} ${address}`);
  };
}

test("the replicas are listed by service and address, without those that have left and malformed entries", async () => {
  await using nats = await testNats();
  const list = openList(nats.url);
  expect(await list()).toEqual([]);
  openReplica(nats.url, ["orders", "catalog"], "127.0.0.1:7002");
  const leaving = openReplica(nats.url, ["orders"], "127.0.0.1:7001");
  const both = ["catalog 127.0.0.1:7002", "orders 127.0.0.1:7001", "orders 127.0.0.1:7002"];
  await vi.waitFor(async () => expect(await list()).toEqual(both), 60_000);
  await leaving.close();
  const connection = await connect({ servers: nats.url });
  await (await connection.jetstream().views.kv("mesh_registry")).put("orders.garbage", new Uint8Array([255]));
  await connection.close();
  expect(await list()).toEqual(["catalog 127.0.0.1:7002", "orders 127.0.0.1:7002"]);
});

test("each replica is listed once while heartbeats come", async () => {
  await using nats = await testNats();
  const list = openList(nats.url);
  openReplica(nats.url, ["orders"], "127.0.0.1:7001");
  await vi.waitFor(async () => expect(await list()).toHaveLength(1), 60_000);
  const connection = await connect({ servers: nats.url });
  const bucket = await connection.jetstream().views.kv("mesh_registry");
  let isOver = false;
  const beating = (async () => {
    while (!isOver) await bucket.put("orders.other", "");
  })();
  for (let times = 0; times < 100; times += 1) expect(await list()).toEqual(["orders 127.0.0.1:7001"]);
  isOver = true;
  await beating;
  await connection.close();
});
