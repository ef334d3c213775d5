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
  return { connection, manager: await connection.jetstreamManager() };
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
