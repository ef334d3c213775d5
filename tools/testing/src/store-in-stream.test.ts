import { connect, DiscardPolicy } from "nats";
import { expect, onTestFinished, test } from "vitest";
import { testNats } from "./nats.ts";
import { storeInStream } from "./store-in-stream.ts";

async function openNats() {
  const nats = await testNats();
  const connection = await connect({ servers: nats.url });
  onTestFinished(async () => {
    await connection.close();
    await nats[Symbol.asyncDispose]();
  });
  return { nats, connection, manager: await connection.jetstreamManager() };
}

test("a message waits until a stream keeps its subject", async () => {
  const { connection, manager } = await openNats();
  const stored = storeInStream(connection, "s.a", "kept", { msgID: "1" });
  await manager.streams.add({ name: "s", subjects: ["s.>"] });
  expect(await stored).toMatchObject({ stream: "s", seq: 1, duplicate: false });
  expect(await storeInStream(connection, "s.a", "kept", { msgID: "1" })).toMatchObject({ duplicate: true });
});

test("a message that a full stream rejects is an error immediately", async () => {
  const { connection, manager } = await openNats();
  await manager.streams.add({ name: "s", subjects: ["s.>"], max_msgs: 1, discard: DiscardPolicy.New });
  await storeInStream(connection, "s.a", "first");
  await expect(storeInStream(connection, "s.a", "second")).rejects.toMatchObject({
    api_error: { description: "maximum messages exceeded" },
  });
});

test("a message that is sent while there is no connection is stored after it", { timeout: 60_000 }, async () => {
  const { nats, connection, manager } = await openNats();
  await manager.streams.add({ name: "s", subjects: ["s.>"] });
  const statuses = connection.status()[Symbol.asyncIterator]();
  await nats.kill();
  await statuses.next();
  const stored = storeInStream(connection, "s.a", "kept", { msgID: "1" });
  const lost = storeInStream(connection, "s.a", "without an id");
  lost.catch(() => {});
  await nats.restart();
  expect(await stored).toMatchObject({ stream: "s", seq: 1, duplicate: false });
  await expect(lost).rejects.toThrow("TIMEOUT");
});
