import { createServer } from "node:net";
import { PaymentFailed, PaymentService } from "@mesh/contracts/testing/payments/v1";
import { connectBus, on } from "@mesh/events";
import { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";
import { connect } from "@mesh/rpc";
import type { Health } from "@mesh/runtime";
import { testDatabase, testNats, testNetwork } from "@mesh/testing";
import { absentHandlers, openTestService, recordedLog } from "@mesh/testing/service";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openOne, payment, recordedLife } from "../fixtures/open-one.ts";
import { service } from "./service.ts";

const orderId = crypto.randomUUID();
const eventStore = {
  schema: { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents },
  migrations: new URL("../../events/fixtures/service/migrations", import.meta.url),
};
const failed = { paymentId: orderId, orderId, failure: 1 } as const;

test("a store with an outbox publishes, without consumers too", async () => {
  const publishing = service(
    PaymentService,
    { store: eventStore },
    {
      ...absentHandlers(PaymentService),
      async getPayment({ orderId }, { db }) {
        // @ts-expect-error: only a transaction publishes
        expect(db.publish).toBeUndefined();
        await db.transaction((tx) => tx.publish(PaymentFailed, failed));
        return { payment: payment(orderId) };
      },
    },
  );
  await using opened = await openTestService(PaymentService, publishing);
  await opened.client.getPayment({ orderId });
  expect(await opened.published(PaymentFailed)).toEqual([failed]);
});

test("handlers of events that hang hold up the end for as long as calls do", async () => {
  let isHandled = false;
  const hanging = on(PaymentFailed, async () => {
    isHandled = true;
    await new Promise(() => {});
  });
  const consuming = service(
    PaymentService,
    { store: eventStore, consumers: [hanging] },
    absentHandlers(PaymentService),
  );
  await using opened = await openTestService(PaymentService, consuming);
  await opened.send(PaymentFailed, failed);
  await vi.waitFor(() => expect(isHandled).toBe(true), 5_000);
  const begin = Date.now();
  await opened.close();
  // The default of events is 10 s; the service of a test is given 1 s.
  expect(Date.now() - begin).toBeLessThan(9_000);
});

describe("a NATS that does not respond", () => {
  let calls = 0;
  const publishing = service(
    PaymentService,
    { store: eventStore, consumers: [on(PaymentFailed, async () => {})] },
    {
      ...absentHandlers(PaymentService),
      async getPayment({ orderId }, { db }) {
        await db.transaction((tx) => tx.publish(PaymentFailed, failed));
        calls++;
        return { payment: payment(orderId) };
      },
    },
  );

  /** Opens the service, calls it after a condition, and closes it within the limit of the process. */
  async function callAndClose(natsUrl: string, whenOpen: (health: Health) => Promise<unknown>) {
    await using database = await testDatabase();
    const { log, logged } = recordedLog();
    // Far less than a connection to several servers may take, or than it takes to notice that a connection is lost.
    const { life, closed } = recordedLife(log, 10_000);
    const { server, health } = await openOne(publishing, { natsUrl, databaseUrl: database.url }, { life, log });
    await whenOpen(health);
    expect(health.ready()).toBe(true);
    const upstream = connect(PaymentService, { address: server.address });
    await upstream.client.getPayment({ orderId });
    await upstream.close();
    await life.close();
    expect(closed).toEqual([
      "registration",
      "notice",
      "tasks",
      "server",
      "events",
      "store",
      "peers",
      "policy",
      "discovery",
      "bus",
    ]);
    return logged;
  }

  test("at the start delays neither the start nor the end", async () => {
    // The client tries one after the other, each for 5 s.
    await using one = await silentServer();
    await using two = await silentServer();
    await using three = await silentServer();
    await using four = await silentServer();
    const before = calls;
    const url = [one, two, three, four].map((server) => server.url).join(",");
    await callAndClose(url, (health) => expect.poll(() => health.ready()).toBe(true));
    expect(calls).toBe(before + 1);
  });

  test("is named in the log, once", async () => {
    await using silent = await silentServer();
    const { log, logged } = recordedLog();
    const bus = connectBus({ url: silent.url, name: "test", log });
    onTestFinished(() => bus.close());
    const reason = expect.stringMatching(/^NATS at 127\.0\.0\.1:\d+ did not respond within 5 s$/);
    await expect.poll(() => logged).toContainEqual(expect.objectContaining({ msg: "waiting for NATS", reason }));
    expect(logged).toHaveLength(1);
  });

  test("any more delays neither calls nor the end", async () => {
    await using nats = await testNats();
    await using network = await testNetwork(nats.url);
    await callAndClose(network.url, async (health) => {
      await expect.poll(() => [health.ready(), health.warnings()]).toEqual([true, {}]);
      network.freeze();
    });
  });
});

/** A server that accepts connections and sends nothing. */
async function silentServer() {
  const server = createServer(() => {}).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return { url: `nats://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close() };
}
