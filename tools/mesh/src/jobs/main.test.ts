import { type Codec, defineJob, defineMessage } from "@mesh/contracts";
import { PaymentService } from "@mesh/contracts/testing/payments/v1";
import { inbox, outbox } from "@mesh/events/tables";
import { schedules } from "@mesh/jobs/tables";
import { createLifecycle } from "@mesh/runtime";
import { job, openServices, schedule, service } from "@mesh/service";
import { testDatabase, testNats } from "@mesh/testing";
import { absentHandlers, recordedLog } from "@mesh/testing/service";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as z from "zod";
import { runMesh } from "../../fixtures/run-mesh.ts";

interface Text {
  readonly text: string;
}

const codec: Codec<Text> = {
  encode: ({ text }) => ({ finish: () => new TextEncoder().encode(text) }),
  decode: (bytes: Uint8Array) => ({ text: new TextDecoder().decode(bytes) }),
};
const message = defineMessage("test.v1.SendText", codec, z.object({ text: z.string() }));
const SendText = defineJob(message, { result: message, timeoutMs: 60_000, attempts: 1, retryDelaySeconds: 1 });

const schema = { inbox, outbox, schedules };
const migrations = new URL("../../../../shared/service/fixtures/kept/migrations", import.meta.url);
let hasFailed = false;

/** Fails once, and takes its time for the text `slow`. */
const payments = service(
  PaymentService,
  {
    store: { schema, migrations },
    jobs: [
      job(SendText, async ({ text }, { signal }: { signal: AbortSignal }) => {
        if (text === "slow") await new Promise((resolve) => signal.addEventListener("abort", resolve));
        if (text === "bad" && !hasFailed) {
          hasFailed = true;
          throw new Error("no mail server");
        }
        return { text };
      }),
    ],
    schedules: [schedule("nightly", { cron: "0 3 * * *", timeZone: "Europe/Berlin" }, SendText, { text: "night" })],
  },
  {
    ...absentHandlers(PaymentService),
    async getPayment({ orderId }, { db }) {
      await db.transaction(async (tx) => {
        await tx.enqueue(SendText, { text: "bad" });
        await tx.enqueue(SendText, { text: "slow" }, { key: "one" });
      });
      throw new Error(`enqueued for ${orderId}`);
    },
  },
);

let opened: { readonly natsUrl: string; close(): Promise<void> };
const mesh = (...args: string[]) => runMesh([...args, "--nats", opened.natsUrl, "--tls", "off"]);
const jobsIn = async (...args: string[]) => JSON.parse((await mesh("jobs", "list", "--json", ...args)).stdout);

beforeAll(async () => {
  const [nats, database] = await Promise.all([testNats(), testDatabase()]);
  const { log } = recordedLog();
  const life = createLifecycle({ log });
  const config = { host: "127.0.0.1", port: 0, natsUrl: nats.url, peers: {}, drainMs: 100 };
  await openServices([{ service: payments, databaseUrl: database.url, settings: {} }], config, { life, log });
  opened = {
    natsUrl: nats.url,
    async close() {
      await life.close();
      await nats[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
  await vi.waitFor(async () => expect((await mesh("nodes")).stdout).toContain("payments"), 20_000);
  await mesh("call", "payments/GetPayment", JSON.stringify({ orderId: crypto.randomUUID() }));
});
afterAll(() => opened?.close());

test("jobs are listed, shown, retried and cancelled", async () => {
  await vi.waitFor(async () => expect(await jobsIn("--state", "failed")).toHaveLength(1), 20_000);
  const [failed] = await jobsIn("--state", "failed");
  expect(failed).toMatchObject({
    service: "payments",
    name: "test.v1.SendText",
    attempts: 1,
    failure: "INTERNAL: no mail server",
    // The contracts of this repository do not have the message.
    payload: Buffer.from("bad").toString("base64"),
  });
  expect((await mesh("jobs", "show", failed.id)).stdout).toMatch(/^state +failed$/m);
  expect((await mesh("jobs", "queues")).stdout).toMatch(/payments +test\.v1\.SendText +0 +0 +1 +1/);
  expect(await mesh("jobs", "retry", failed.id)).toMatchObject({ code: 0, stdout: `${failed.id} is done again\n` });
  await vi.waitFor(async () => expect(await jobsIn("--state", "completed")).toHaveLength(1), 20_000);
  expect(await mesh("jobs", "retry", failed.id)).toMatchObject({ code: 2 });

  const [slow] = await jobsIn("--state", "running");
  expect(slow).toMatchObject({ key: "one" });
  expect(await mesh("jobs", "cancel", slow.id)).toMatchObject({ code: 0, stdout: `cancelled ${slow.id}\n` });
  expect(await jobsIn("--state", "cancelled")).toMatchObject([{ id: slow.id }]);
  expect((await mesh("jobs", "list", "--limit", "1")).stdout.trimEnd().split("\n")).toHaveLength(2);
});

test("schedules are listed, paused, resumed and cancelled", async () => {
  const { stdout } = await mesh("schedules", "list");
  expect(stdout).toMatch(/payments +nightly +0 3 \* \* \* Europe\/Berlin +test\.v1\.SendText +\d{4}-/);
  expect(await mesh("schedules", "pause", "nightly")).toMatchObject({
    code: 0,
    stdout: "paused nightly of payments\n",
  });
  expect((await mesh("schedules", "show", "nightly")).stdout).toMatch(/^isPaused +true$/m);
  await mesh("schedules", "resume", "nightly");
  expect(JSON.parse((await mesh("schedules", "list", "--json")).stdout)).toMatchObject([{ isPaused: false }]);
  expect(await mesh("schedules", "cancel", "nightly")).toMatchObject({ code: 0 });
  expect(await mesh("schedules", "cancel", "nightly")).toMatchObject({
    code: 2,
    stderr: "there is no schedule nightly\n",
  });
});

test.each([
  [["jobs"], "jobs needs an action"],
  [["jobs", "show"], "jobs show needs the id of a job"],
  [["jobs", "list", "7"], 'unexpected argument "7"'],
  [["jobs", "list", "--limit", "0"], '--limit must be a whole number from 1 to 1000, got "0"'],
  [["jobs", "list", "--state", "odd"], "state must be one of waiting, running"],
  [["jobs", "show", "7"], 'the id of a job is a UUID, got "7"'],
  [["jobs", "queues", "--service", "nope"], "there is no service nope in the registry: payments"],
  [["schedules", "stop"], 'unknown action "stop"'],
  [["schedules", "pause"], "schedules pause needs the name of a schedule"],
])("%j is wrong usage", async (args, message) => {
  expect(await mesh(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
});
