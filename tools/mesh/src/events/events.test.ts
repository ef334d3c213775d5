import { PaymentFailed, PaymentService } from "@mesh/contracts/testing/payments/v1";
import { InvalidEvent, on } from "@mesh/events";
import * as tables from "@mesh/events/tables";
import { createLifecycle } from "@mesh/runtime";
import { openServices, service } from "@mesh/service";
import { testDatabase, testNats } from "@mesh/testing";
import { absentHandlers, recordedLog } from "@mesh/testing/service";
import { AckPolicy, connect } from "nats";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { contractsFile } from "../../fixtures/contracts.ts";
import { type Run, runMesh } from "../../fixtures/run-mesh.ts";

let mesh: Awaited<ReturnType<typeof openMesh>>;
beforeAll(async () => {
  mesh = await openMesh();
  await vi.waitFor(async () => expect(JSON.parse((await run(["nodes", "--json"])).stdout)).toHaveLength(1), 60_000);
});
afterAll(() => mesh?.[Symbol.asyncDispose]());

const waiting = { timeout: 20_000, interval: 200 };
const [paymentId, orderId] = ["018f2f6e-0000-7000-8000-000000000001", "018f2f6e-0000-7000-8000-000000000002"];
const subject = "payments.v1.payment_failed";
const failed = JSON.stringify({ paymentId, orderId, failure: "PAYMENT_FAILURE_DECLINED" });

/** Runs a service that can't handle an event until it is fixed. */
async function openMesh() {
  const [nats, database] = await Promise.all([testNats(), testDatabase()]);
  const handled: string[] = [];
  let isFixed = false;
  const consumer = on(PaymentFailed, async (event) => {
    if (!isFixed) throw new InvalidEvent("the shop is closed");
    handled.push(event.orderId);
  });
  const migrations = new URL("../../../../shared/events/fixtures/service/migrations", import.meta.url);
  const payments = service(
    PaymentService,
    { store: { schema: { ...tables }, migrations }, consumers: [consumer] },
    absentHandlers(PaymentService),
  );
  const { log } = recordedLog();
  const life = createLifecycle({ log });
  const config = { host: "127.0.0.1", port: 0, natsUrl: nats.url, peers: {}, drainMs: 100 };
  await openServices([{ service: payments, settings: {}, databaseUrl: database.url }], config, { life, log });
  return {
    natsUrl: nats.url,
    handled,
    fix() {
      isFixed = true;
    },
    async [Symbol.asyncDispose]() {
      await life.close();
      await nats[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

function run(args: readonly string[], input?: string): Promise<Run> {
  return runMesh([...args, "--nats", mesh.natsUrl, "--tls", "off", "--contracts", contractsFile], input);
}

async function json(args: readonly string[]) {
  return JSON.parse((await run([...args, "--json"])).stdout);
}

test("an event is published, listed and printed, dead-lettered and replayed once", { timeout: 120_000 }, async () => {
  const published = await run(["events", "publish", "PaymentFailed", failed]);
  expect(published).toMatchObject({ stderr: "", code: 0 });
  expect(published.stdout).toMatch(/^payments publishes payments\.v1\.payment_failed with the id [\da-f-]{36}\n$/);
  const id = /[\da-f-]{36}/.exec(published.stdout)?.[0];

  const letter = { service: "payments", subject, key: orderId, id, state: "dead", failures: 1 };
  await vi.waitFor(async () => expect(await json(["events", "dead"])).toMatchObject([letter]), waiting);
  const [dead] = await json(["events", "dead", "--subject", subject]);
  expect(dead).toMatchObject({ error: "InvalidEvent: the shop is closed", payload: { orderId, paymentId } });
  expect(dead.headers).toMatchObject({ "mesh-key": orderId });
  expect((await run(["events", "dead"])).stdout).toMatch(
    /^service +subject +key +state +failures +parked +id +error\n/,
  );
  expect(await json(["events", "dead", "--key", "another"])).toEqual([]);

  const [listed] = (await json(["events", "list"])).filter((one: { subject: string }) => one.subject === subject);
  expect(listed).toMatchObject({ service: "payments", stream: "payments_v1", messages: 1 });
  expect(listed.consumers).toEqual([{ name: "payments_payments_v1_payment_failed", done: 1, lag: 0, unsettled: 0 }]);
  const { stdout } = await run(["events", "tail", "PaymentFailed", "--once", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ subject, sequence: 1, id, payload: { orderId } });
  expect((await run(["events", "tail", "--once", "--key", "another"])).stdout).toBe("");

  mesh.fix();
  expect((await run(["events", "replay", "--key", "another"])).stdout).toBe("none\n");
  expect((await run(["events", "replay", "--all"])).stdout).toBe("payments: 1 event is tried again\n");
  await vi.waitFor(
    async () => expect((await run(["events", "dead", "--state", "all"])).stdout).toBe("none\n"),
    waiting,
  );
  expect(mesh.handled).toEqual([orderId]);

  const consumer = "payments_payments_v1_payment_failed";
  const again = await run(["events", "rewind", consumer, "--service", "payments"]);
  expect(again).toEqual({ stdout: `${consumer} receives its stream again\n`, stderr: "", code: 0 });
  const since = await json(["events", "rewind", consumer, "--service", "payments", "--since", "1h"]);
  expect(since).toEqual({ consumer, sequence: 1 });
  const later = await run(["events", "rewind", consumer, "--service", "payments", "--since", "2100-01-01T00:00:00Z"]);
  expect(later.stderr).toContain("payments_v1 has no payments.v1.payment_failed since 2100-01-01");
  const rewinding = await run(["events", "rewind", "another", "--service", "payments"]);
  expect(rewinding.stderr).toBe("payments: NOT_FOUND: payments has no consumer another\n");
});

test("what is wrong is said with its reason", { timeout: 60_000 }, async () => {
  const invalid = await run(["events", "publish", subject, '{"paymentId": "1"}']);
  expect(invalid).toMatchObject({ code: 2, stdout: "" });
  expect(invalid.stderr).toMatch(/^not a valid payments\.v1\.PaymentFailed:\n {2}payment_id: .*UUID/);
  expect((await run(["events", "publish", "PaymentFaild", "{}"])).stderr).toContain("did you mean PaymentFailed?");
  expect((await run(["events", "replay"])).stderr).toContain("events replay needs a choice");
  expect((await run(["events", "dead", "--since", "soon"])).stderr).toContain("--since must be a time such as");
  expect((await run(["events", "dead", "--state", "ill"])).stderr).toContain('got "ill"');
  expect((await run(["events", "dead", "--service", "nothing"])).code).toBe(3);
});

test("the progress of a consumer that receives its stream again is listed", { timeout: 120_000 }, async () => {
  for (let count = 0; count < 3; count++) await run(["events", "publish", "PaymentFailed", failed]);
  const connection = await connect({ servers: mesh.natsUrl });
  onTestFinished(() => connection.close());
  const manager = await connection.jetstreamManager();
  const listed = async () => (await run(["events", "list"])).stdout;
  const total = async () => (await manager.streams.info("payments_v1")).state.messages;
  await vi.waitFor(async () => expect(await total()).toBeGreaterThanOrEqual(3), waiting);
  const slow = { durable_name: "slow", filter_subject: subject, ack_policy: AckPolicy.Explicit };
  await manager.consumers.add("payments_v1", slow);
  const messages = await total();
  expect(await listed()).toContain(`slow (0 of ${messages} done, 0 in hand)`);
  const consumer = await connection.jetstream().consumers.get("payments_v1", "slow");
  await (await consumer.next())?.ackAck();
  expect(await listed()).toContain(`slow (1 of ${messages} done, 0 in hand)`);
});
