import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testNats } from "@mesh/testing";
import { connect, DeliverPolicy, type NatsConnection } from "nats";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { urlWithLogin } from "../servers/nats-users.ts";
import type { App } from "./app.ts";
import { natsLoginOf, natsUsers } from "./nats-permissions.ts";

const event = (service: string, name: string, consumers: readonly string[] = []) => {
  return {
    subject: `${service}.v1.${name}`,
    service,
    stream: `${service}_v1`,
    consumers,
    isFeed: name === "cancelled",
    invalidates: name === "failed",
  };
};
const events = [event("orders", "placed", ["payments"]), event("orders", "cancelled"), event("payments", "failed")];

const appOf = (name: string): App => ({
  name,
  folder: name,
  dist: "",
  kind: "service",
  services: [{ name, slug: name }],
});
const gateway: App = { name: "gateway", folder: "gateway", dist: "", kind: "gateway", services: [] };
const apps = { orders: appOf("orders"), payments: appOf("payments"), catalog: appOf("catalog"), gateway };
const secret = "secret";

let folder: string;
let nats: Awaited<ReturnType<typeof testNats>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mesh-permissions-"));
  await mkdir(join(folder, "shared/contracts/gen"), { recursive: true });
  await writeFile(join(folder, "shared/contracts/gen/events.json"), JSON.stringify(events));
  nats = await testNats(await natsUsers(folder, Object.values(apps), secret));
  const manager = await (await connectTo(nats.url, "developer", true)).jetstreamManager();
  for (const name of ["orders", "payments"])
    await manager.streams.add({ name: `${name}_v1`, subjects: [`${name}.v1.*`] });
  await manager.streams.add({ name: "dead_letters", subjects: ["dead_letters.>"] });
  await manager.streams.add({ name: "KV_mesh_registry", subjects: ["$KV.mesh_registry.>"] });
});
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function connectTo(url: string, name: string, isKept = false): Promise<NatsConnection> {
  const { host, username: user, password: pass } = new URL(url);
  const connection = await connect({ servers: host, user, pass, inboxPrefix: `_INBOX.${name}`, timeout: 20_000 });
  if (!isKept) onTestFinished(() => connection.close());
  return connection;
}

/** Connects as an app. */
function connectAs(name: keyof typeof apps): Promise<NatsConnection> {
  return connectTo(urlWithLogin(nats.url, natsLoginOf(apps[name], secret)), name);
}

const rejected = { code: "PERMISSIONS_VIOLATION" };

test("a service publishes its own events, and NATS rejects those of others", async () => {
  const [orders, payments] = [await connectAs("orders"), await connectAs("payments")];
  expect(await orders.jetstream().publish("orders.v1.placed", "1")).toMatchObject({ stream: "orders_v1" });
  await expect(payments.jetstream().publish("orders.v1.placed", "1")).rejects.toMatchObject(rejected);
  await expect(orders.jetstream().publish("orders.v1.undeclared", "1")).rejects.toMatchObject(rejected);
  await expect((await connectAs("gateway")).jetstream().publish("orders.v1.placed", "1")).rejects.toMatchObject(
    rejected,
  );
});

test("a service writes only its own dead letters, and registers only itself", async () => {
  const [orders, payments] = [await connectAs("orders"), await connectAs("payments")];
  await orders.jetstream().publish("dead_letters.orders.payments.v1.failed", "1");
  await expect(payments.jetstream().publish("dead_letters.orders.x", "1")).rejects.toMatchObject(rejected);
  await orders.jetstream().publish("$KV.mesh_registry.orders.1", "1");
  await expect(payments.jetstream().publish("$KV.mesh_registry.orders.1", "1")).rejects.toMatchObject(rejected);
  // Each reader of the registry writes to it, to see whether it is silent.
  await (await connectAs("gateway")).jetstream().publish("$KV.mesh_registry.mesh-readers.1", "");
});

test("a service shares what it has computed with its own processes alone", async () => {
  const [orders, payments] = [await connectAs("orders"), await connectAs("payments")];
  const bucket = await orders.jetstream({ checkAPI: false }).views.kv("mesh_values_orders", { history: 1 });
  await bucket.put("a", "1");
  expect((await bucket.get("a"))?.string()).toBe("1");
  await bucket.delete("a");
  await expect(payments.jetstream().publish("$KV.mesh_values_orders.a", "2")).rejects.toMatchObject(rejected);
});

/** Consumes an event as a service does. Returns the first message. */
async function consume(connection: NatsConnection, durable: string, subject: string): Promise<string> {
  const stream = `${subject.split(".")[0]}_v1`;
  const config = { durable_name: durable, filter_subject: subject, ack_policy: "explicit" as never };
  await (await connection.jetstreamManager({ checkAPI: false })).consumers.add(stream, config);
  const consumer = await connection.jetstream({ checkAPI: false }).consumers.get(stream, durable);
  const message = await consumer.next({ expires: 10_000 });
  await message?.ackAck();
  return message?.string() ?? "";
}

test("a service consumes events that list it, or list no service, and NATS rejects the others", async () => {
  const [orders, payments, catalog] = [
    await connectAs("orders"),
    await connectAs("payments"),
    await connectAs("catalog"),
  ];
  await orders.jetstream().publish("orders.v1.placed", "a token");
  await orders.jetstream().publish("orders.v1.cancelled", "cancelled");
  expect(await consume(payments, "payments_orders_v1_cancelled", "orders.v1.cancelled")).toBe("cancelled");
  expect(await consume(catalog, "catalog_orders_v1_cancelled", "orders.v1.cancelled")).toBe("cancelled");
  expect(await consume(payments, "payments_orders_v1_placed", "orders.v1.placed")).not.toBe("");
  await expect(consume(catalog, "catalog_orders_v1_placed", "orders.v1.placed")).rejects.toMatchObject(rejected);
});

test("an event that does not list a service can't be read in other ways", async () => {
  const [payments, catalog] = [await connectAs("payments"), await connectAs("catalog")];
  const allowed = "catalog_orders_v1_cancelled";
  const request = (subject: string, body: object) =>
    catalog.request(subject, JSON.stringify(body), { timeout: 10_000 });
  const config = { durable_name: allowed, ack_policy: "explicit", filter_subject: "orders.v1.placed" };
  // NATS compares the filter with the one in the subject.
  const other = await request(`$JS.API.CONSUMER.CREATE.orders_v1.${allowed}.orders.v1.cancelled`, {
    stream_name: "orders_v1",
    config: { ...config, name: allowed },
  });
  expect(other.json()).toMatchObject({ error: { description: expect.stringContaining("subject") } });
  const body = { stream_name: "orders_v1", config };
  for (const subject of [
    `$JS.API.CONSUMER.DURABLE.CREATE.orders_v1.${allowed}`,
    "$JS.API.CONSUMER.CREATE.orders_v1",
    `$JS.API.CONSUMER.CREATE.orders_v1.${allowed}`,
    "$JS.API.CONSUMER.MSG.NEXT.orders_v1.payments_orders_v1_placed",
    "$JS.API.CONSUMER.DELETE.orders_v1.payments_orders_v1_placed",
    "$JS.API.STREAM.MSG.GET.orders_v1",
    "$JS.API.DIRECT.GET.orders_v1",
    "$JS.API.STREAM.DELETE.orders_v1",
    "$JS.API.STREAM.PURGE.orders_v1",
  ]) {
    await expect(request(subject, body), subject).rejects.toMatchObject(rejected);
  }
  for (const subject of ["orders.v1.placed", "orders.v1.>", "_INBOX.payments.>", "_INBOX.>", ">"]) {
    const denied = new Promise((resolve) => catalog.subscribe(subject, { callback: resolve }));
    expect(await denied, subject).toMatchObject(rejected);
  }
  await payments.flush();
});

test("the gateway reads the events that are feeds, and neither others nor those of the consumers of services", async () => {
  const gateway = await connectAs("gateway");
  await (await connectAs("orders")).jetstream().publish("orders.v1.cancelled", "a feed");
  const inbox = `_INBOX.gateway.${crypto.randomUUID()}`;
  const got = new Promise<string>((resolve) => {
    gateway.subscribe(inbox, { callback: (_, message) => resolve(message.string()) });
  });
  const { streams, consumers } = await gateway.jetstreamManager({ checkAPI: false });
  await streams.info("orders_v1");
  const config = (name: string) => ({
    name: crypto.randomUUID(),
    deliver_subject: inbox,
    filter_subject: `orders.v1.${name}`,
    deliver_policy: "last" as never,
    ack_policy: "none" as never,
  });
  await consumers.add("orders_v1", config("cancelled"));
  expect(await got).toBe("a feed");
  await expect(consumers.add("orders_v1", config("placed"))).rejects.toMatchObject(rejected);
  await expect(streams.info("payments_v1")).rejects.toMatchObject(rejected);
  for (const subject of [
    "$JS.API.CONSUMER.CREATE.orders_v1",
    "$JS.API.CONSUMER.MSG.NEXT.orders_v1.payments_orders_v1_placed",
    "$JS.API.CONSUMER.DELETE.orders_v1.payments_orders_v1_placed",
    "$JS.API.STREAM.MSG.GET.orders_v1",
    "$JS.API.STREAM.PURGE.orders_v1",
  ]) {
    await expect(gateway.request(subject, "{}", { timeout: 10_000 }), subject).rejects.toMatchObject(rejected);
  }
});

test("each process of the gateway may follow the events after which it forgets responses, and no others", async () => {
  const [connection, payments] = [await connectAs("gateway"), await connectAs("payments")];
  const manager = await connection.jetstreamManager({ checkAPI: false });
  const live = (subject: string, of = "gateway") => {
    const durable_name = `${of}_live_${subject.replaceAll(".", "_")}`;
    return manager.consumers.add("payments_v1", {
      durable_name,
      filter_subject: subject,
      deliver_policy: DeliverPolicy.New,
      deliver_subject: `mesh.live.${of}.${subject}`,
    });
  };
  const arrived = new Promise((resolve) => {
    connection.subscribe("mesh.live.gateway.payments.v1.failed", {
      callback: (_, message) => resolve(message.string()),
    });
  });
  await live("payments.v1.failed");
  await payments.jetstream().publish("payments.v1.failed", "1");
  expect(await arrived).toBe("1");
  await expect(live("orders.v1.placed")).rejects.toMatchObject(rejected);
  await expect(live("payments.v1.failed", "orders")).rejects.toMatchObject(rejected);
  for (const subject of [
    "mesh.live.gateway.orders.v1.cancelled",
    "mesh.live.payments.payments.v1.failed",
    "mesh.live.>",
  ]) {
    const denied = new Promise((resolve) => connection.subscribe(subject, { callback: resolve }));
    expect(await denied, subject).toMatchObject(rejected);
  }
});

test("without a login, or with a wrong one, NATS accepts no connection", async () => {
  const { host } = new URL(nats.url);
  await expect(connect({ servers: host })).rejects.toMatchObject({ code: "AUTHORIZATION_VIOLATION" });
  const wrong = connect({ servers: host, user: "orders", pass: natsLoginOf(apps.payments, secret).password });
  await expect(wrong).rejects.toMatchObject({ code: "AUTHORIZATION_VIOLATION" });
});
