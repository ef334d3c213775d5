import { testNats } from "@mesh/testing";
import { connect } from "nats";
import { describe, expect, test, vi } from "vitest";
import { openReader, openReplica, spawnReplica, untilFound } from "../../fixtures/registry.ts";

const [a, b, c] = ["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003"] as const;

describe("a replica", () => {
  test("is found by every process, also if all of them create the bucket at the same time", async () => {
    await using nats = await testNats();
    const readers = [1, 2, 3].map(() => openReader(nats.url, ["orders"]));
    for (const address of [a, b, c]) openReplica(nats.url, ["orders"], address);
    for (const reader of readers) await untilFound(reader, "orders", [a, b, c]);
  });

  test("is found by each of its names, and not by the beginning of one", async () => {
    await using nats = await testNats();
    const reader = openReader(nats.url, ["acme", "acme.orders", "orders", "acme.payments"]);
    openReplica(nats.url, ["acme.orders", "acme.payments"], a);
    await untilFound(reader, "acme.orders", [a]);
    await untilFound(reader, "acme.payments", [a]);
    expect([reader.addresses("acme"), reader.addresses("orders")]).toEqual([[], []]);
  });

  test("is in the first list of a reader that starts later, with all others", async () => {
    await using nats = await testNats();
    const early = openReader(nats.url, ["orders"]);
    for (const address of [a, b, c]) openReplica(nats.url, ["orders"], address);
    await untilFound(early, "orders", [a, b, c]);
    const late = openReader(nats.url, ["orders"]);
    await untilFound(late, "orders", [a, b, c]);
    expect(late.changes("orders")).toBe(1);
  });

  test("is gone when it leaves, and does not count its heartbeats as changes", async () => {
    await using nats = await testNats();
    const reader = openReader(nats.url, ["orders"]);
    const leaving = openReplica(nats.url, ["orders"], a);
    await untilFound(reader, "orders", [a]);
    openReplica(nats.url, ["orders"], b);
    await untilFound(reader, "orders", [a, b]);
    const changes = reader.changes("orders");
    await leaving.close();
    await using connection = await openConnection(nats.url);
    expect((await (await connection.bucket()).get(`orders.${leaving.id}`))?.operation).toBe("DEL");
    await untilFound(reader, "orders", [b]);
    expect(reader.changes("orders")).toBe(changes + 1);
  });

  test("is found within two seconds after it registers", async () => {
    await using nats = await testNats();
    const reader = openReader(nats.url, ["orders"]);
    openReplica(nats.url, ["orders"], a);
    await untilFound(reader, "orders", [a]);
    const began = performance.now();
    openReplica(nats.url, ["orders"], b);
    await untilFound(reader, "orders", [a, b]);
    expect(reader.msUntil("orders", "with", b, began)).toBeLessThan(2_000);
  });

  test("is gone within two seconds when its process is killed, and the others stay", async () => {
    await using nats = await testNats();
    const reader = openReader(nats.url, ["orders"]);
    openReplica(nats.url, ["orders"], a);
    const kill = await spawnReplica(nats.url, "orders", b);
    await untilFound(reader, "orders", [a, b]);
    const began = performance.now();
    await kill();
    await untilFound(reader, "orders", [a]);
    // It takes 1 to 1.8 s on a machine that is not busy.
    expect(reader.msUntil("orders", "without", b, began)).toBeLessThan(2_000);
  });

  test("is gone when its replacement comes, also if no other replica of the mesh is alive", async () => {
    await using nats = await testNats();
    const reader = openReader(nats.url, ["orders"]);
    const kill = await spawnReplica(nats.url, "orders", a);
    await untilFound(reader, "orders", [a]);
    await kill();
    // NATS deletes its entry after 5 s.
    await expect.poll(() => keysIn(nats.url)).toBe(0);
    openReplica(nats.url, ["orders"], b);
    await untilFound(reader, "orders", [b]);
    expect(reader.lists("orders").filter((addresses) => addresses.length === 2)).toEqual([]);
  });

  test("stays if it is silent and the service has no other, until there is one", async () => {
    await using nats = await testNats();
    const reader = openReader(nats.url, ["orders", "payments"]);
    openReplica(nats.url, ["payments"], c);
    openReplica(nats.url, ["payments"], a);
    const kill = await spawnReplica(nats.url, "orders", a);
    const killOther = await spawnReplica(nats.url, "payments", b);
    await untilFound(reader, "orders", [a]);
    await untilFound(reader, "payments", [a, b, c]);
    await Promise.all([kill(), killOther()]);
    await untilFound(reader, "payments", [a, c]);
    expect(reader.addresses("orders")).toEqual([a]);
    openReplica(nats.url, ["orders"], b);
    await untilFound(reader, "orders", [b]);
  });
});

describe("the registry", () => {
  test("may start after all others, who then have a warning and no replicas", async () => {
    await using nats = await testNats();
    await nats.stop();
    const reader = openReader(nats.url, ["orders"]);
    const { health } = openReplica(nats.url, ["orders"], a);
    await vi.waitFor(() => expect(health.warnings()).toEqual({ registry: "NATS can't be reached" }));
    expect([health.ready(), reader.addresses("orders")]).toEqual([true, undefined]);
    await nats.restart();
    await untilFound(reader, "orders", [a]);
    await expect.poll(() => health.warnings()).toEqual({});
  });

  test("loses nothing that its readers know when NATS is killed and starts without its data", async () => {
    await using nats = await testNats();
    const reader = openReader(nats.url, ["orders"]);
    for (const address of [a, b]) openReplica(nats.url, ["orders"], address);
    await untilFound(reader, "orders", [a, b]);
    const changes = reader.changes("orders");
    await nats.kill();
    await nats.restart();
    openReplica(nats.url, ["orders"], c);
    await untilFound(reader, "orders", [a, b, c]);
    // All others have had the time to register again.
    await expect.poll(() => keysIn(nats.url)).toBe(3);
    const kill = await spawnReplica(nats.url, "orders", "127.0.0.1:7004");
    await untilFound(reader, "orders", [a, b, c, "127.0.0.1:7004"]);
    await kill();
    await untilFound(reader, "orders", [a, b, c]);
    expect(reader.changes("orders")).toBe(changes + 3);
  });

  test("is read again if its bucket was lost while NATS ran", async () => {
    await using nats = await testNats();
    const reader = openReader(nats.url, ["orders"]);
    await using connection = await openConnection(nats.url);
    await vi.waitFor(() => expect(reader.addresses("orders")).toEqual([]));
    await (await connection.manager()).streams.delete("KV_mesh_registry");
    openReplica(nats.url, ["orders"], a);
    await untilFound(reader, "orders", [a]);
  });

  test("skips an entry that can't be used, with a warning", async () => {
    await using nats = await testNats();
    const reader = openReader(nats.url, ["orders"]);
    openReplica(nats.url, ["orders"], a);
    await untilFound(reader, "orders", [a]);
    await using connection = await openConnection(nats.url);
    const bucket = await connection.bucket();
    await bucket.put("orders.garbage", new Uint8Array([255]));
    await bucket.put("orders.other", "");
    const messages = () => reader.logged.filter(({ level }) => level === 40).map(({ key, msg }) => ({ key, msg }));
    const msg = "the registry has an entry that can't be used";
    await expect.poll(messages).toEqual(["orders.garbage", "orders.other"].map((key) => ({ key, msg })));
    expect(reader.addresses("orders")).toEqual([a]);
  });
});

/** A connection of the test's own. */
async function openConnection(url: string) {
  const connection = await connect({ servers: url });
  return {
    bucket: () => connection.jetstream().views.kv("mesh_registry"),
    manager: () => connection.jetstreamManager(),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

async function keysIn(url: string): Promise<number> {
  await using connection = await openConnection(url);
  let count = 0;
  for await (const _ of await (await connection.bucket()).keys()) count += 1;
  return count;
}
