import { testNats } from "@mesh/testing";
import { recordedLog } from "@mesh/testing/service";
import { connect } from "nats";
import { expect, onTestFinished, test } from "vitest";
import { connectBus } from "../bus.ts";
import { openSharedValues } from "./shared-values.ts";

/** The storage of the server. Each stream reserves its limit of it. */
const storageBytes = 2 ** 40;

const seconds = 1_000;

test("a server with too little storage is reported once, and shares values as soon as it has enough", async () => {
  await using nats = await testNats();
  const connection = await connect({ servers: nats.url });
  onTestFinished(() => connection.close());
  const { streams } = await connection.jetstreamManager();
  await streams.add({ name: "large", subjects: ["large"], max_bytes: storageBytes - 1_024 });
  const { log, logged } = recordedLog();
  const bus = connectBus({ url: nats.url, name: "shop", log });
  onTestFinished(() => bus.close());
  await bus.connected(new AbortController().signal);
  const values = openSharedValues(bus, "shop", log);
  const none = { bytes: undefined, revision: undefined };
  expect([await values.read("a"), await values.read("a")]).toEqual([none, none]);
  await values.write("a", Buffer.from("1"), 60 * seconds, 0);
  await expect(values.forget("a")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(logged.filter(({ level }) => level === 40)).toEqual([
    expect.objectContaining({
      msg: "results can't be shared: each process computes them",
      reason: expect.stringContaining("insufficient storage"),
    }),
  ]);
  await streams.delete("large");
  await values.write("a", Buffer.from("2"), 60 * seconds, 0);
  const { bytes } = await values.read("a");
  expect(Buffer.from(bytes ?? []).toString()).toBe("2");
});
