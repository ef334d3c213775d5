import type { Msg } from "nats";
import { expect, onTestFinished, test } from "vitest";
import { openHappenings } from "../../fixtures/feed.ts";
import { Happened } from "../../fixtures/happened.ts";
import { openPushRead } from "./push-read.ts";

/** 12 MB, of which NATS sends 2 MiB before it waits. */
const count = 200;
const payload = "x".repeat(60_000);

test("NATS waits until the messages were processed that it has sent", { timeout: 60_000 }, async () => {
  const { put, connection } = await openHappenings();
  for (let number = 0; number < count; number++) await put(payload);
  let process = () => {};
  const processing = new Promise<void>((resolve) => {
    process = resolve;
  });
  let received = 0;
  let isStalled = false;
  const hear = (message: Msg) => {
    isStalled ||= message.headers?.has("Nats-Consumer-Stalled") ?? false;
  };
  connection.subscribe("inbox", { callback: (_, message) => hear(message) });
  const read = await openPushRead(connection, {
    stream: Happened.stream,
    subject: Happened.subject,
    inbox: "inbox",
    from: 1,
    onMessage: () => {
      received += 1;
      return processing;
    },
    onLost: (reason) => expect.fail(reason),
  });
  onTestFinished(() => read.end());
  await expect.poll(() => isStalled, { timeout: 20_000 }).toBe(true);
  expect(received).toBeLessThan(count / 2);
  process();
  await expect.poll(() => received, { timeout: 20_000 }).toBe(count);
});
