import { AckPolicy, connect, StorageType } from "nats";
import { expect, test } from "vitest";
import { testNats } from "./nats.ts";

test("a nats-server has all acknowledged messages after kill -9 and a restart on the same address", async () => {
  await using nats = await testNats();
  const before = await connect({ servers: nats.url });
  const manager = await before.jetstreamManager();
  await manager.streams.add({ name: "s", subjects: ["s.>"], storage: StorageType.File });
  await manager.consumers.add("s", { durable_name: "d", ack_policy: AckPolicy.Explicit });
  await before.jetstream().publish("s.a", "kept");
  await before.close();

  await nats.kill();
  await nats.restart();

  const after = await connect({ servers: nats.url });
  const message = await (await after.jetstream().consumers.get("s", "d")).next({ expires: 5_000 });
  expect(message?.string()).toBe("kept");
  await after.close();
});

test("two servers have different addresses", async () => {
  await using one = await testNats();
  await using other = await testNats();
  expect(one.url).not.toBe(other.url);
});
