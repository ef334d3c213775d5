import { testDatabase, testNats, testNetwork } from "@mesh/testing";
import { connect, headers } from "nats";
import { Client, type QueryConfig } from "pg";
import { expect, onTestFinished, test } from "vitest";
import { breakages } from "../breakages.ts";
import { CrashPoints } from "../faults/crash-points.ts";
import { natsTap } from "./nats.ts";
import { type Changes, postgresTap } from "./postgres.ts";

/** Connects to a database through a tap, as the process `orders`. */
async function openTapped(points: CrashPoints, changes?: Changes): Promise<{ client: Client; url: string }> {
  const database = await testDatabase();
  const network = await testNetwork(
    database.url,
    postgresTap(() => points.watch("orders"), changes),
  );
  const client = new Client({ connectionString: network.url, pipeline: true });
  client.on("error", () => {});
  await client.connect();
  await client.query("create table if not exists outbox (id int, payload bytea)");
  await client.query(
    "create table if not exists inbox (consumer text, message_id text, primary key (consumer, message_id))",
  );
  onTestFinished(async () => {
    client.end().catch(() => {});
    await network[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
  });
  return { client, url: database.url };
}

async function rowsAt(url: string, table: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(`select * from ${table}`);
  await client.end();
  return rows;
}

test("a process is killed before a commit with events, or after it, or at none that it has not reached", async () => {
  for (const [point, stored] of [
    ["before commit", 0],
    ["after commit before reply", 1],
  ] as const) {
    const killed: string[] = [];
    const points = new CrashPoints((name) => killed.push(name));
    const { client, url } = await openTapped(points);
    const insert = { name: "insert", text: 'insert into "outbox" values ($1)', values: [1] };
    // Prepared before, so that it has no text any more.
    await client.query("begin");
    await client.query(insert);
    await client.query("rollback");
    const hit = points.arm("orders", point, AbortSignal.timeout(60_000));
    await client.query("begin");
    await client.query("commit");
    await client.query("begin");
    await client.query(insert);
    // It gets no response.
    client.query("commit").catch(() => {});
    expect(await hit).toBe(true);
    expect(killed).toEqual(["orders"]);
    if (stored > 0) expect(await rowsAt(url, "outbox")).toHaveLength(stored);
  }
});

test("a point that is not reached in time kills nothing", async () => {
  const points = new CrashPoints(() => expect.unreachable());
  const { client } = await openTapped(points);
  const gone = new AbortController();
  const hit = points.arm("orders", "before commit", gone.signal);
  gone.abort();
  expect(await hit).toBe(false);
  await client.query("begin");
  await client.query('insert into "outbox" values ($1)', [1]);
  await client.query("commit");
});

test("a statement is changed on its way: the inbox takes an event twice", async () => {
  const { statement } = breakages.inbox;
  const { client, url } = await openTapped(new CrashPoints(() => {}), { rewrite: statement });
  const insert = 'insert into "inbox" ("consumer", "message_id") values ($1, $2) on conflict do nothing';
  const insertAll = 'insert into "inbox" ("consumer", "message_id") select $1, unnest($2::text[])';
  for (let time = 0; time < 2; time++) {
    await client.query(insert, ["orders", "same"]);
    await client.query(insertAll, ["orders", ["same", "other"]]);
  }
  expect(await rowsAt(url, "inbox")).toHaveLength(6);
});

test("an insert runs on another connection, with its values, and survives a rollback", async () => {
  let url = "";
  const run = async (text: string, values: readonly (string | Buffer | null)[]) => {
    const other = new Client({ connectionString: url });
    await other.connect();
    await other.query(text, [...values]);
    await other.end();
  };
  const diversion = { matches: breakages["outbox-connection"].isDiverted, run };
  const tapped = await openTapped(new CrashPoints(() => {}), { diversion });
  url = tapped.url;
  const { client } = tapped;
  const query = async (statement: string | QueryConfig) => (await client.query(statement)).rowCount;
  // The second time it runs what the first time has prepared.
  const insert = { name: "insert", text: 'insert into "outbox" values ($1, $2)' };
  await client.query("begin");
  // None waits for the response to the one before, as in a transaction that publishes.
  const results = await Promise.all([
    query("select 1 union select 2"),
    ...[7, 8].map((id) => query({ ...insert, values: [id, Buffer.from([0, 255])] })),
    query("select 1 union select 2 union select 3"),
  ]);
  expect(results).toEqual([2, 1, 1, 3]);
  await client.query("rollback");
  const payload = Buffer.from([0, 255]);
  expect(await rowsAt(url, "outbox")).toEqual([
    { id: 7, payload },
    { id: 8, payload },
  ]);
});

test("a message loses its id, and an ack is seen", async () => {
  await using nats = await testNats();
  let acks = 0;
  const tap = natsTap({ acknowledged: () => (acks += 1) }, breakages["message-ids"].operation);
  await using network = await testNetwork(nats.url, tap);
  const connection = await connect({ servers: network.url });
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: "things", subjects: ["things"] });
  const own = headers();
  own.set("other", "kept");
  // Longer than what a socket delivers at a time.
  const payload = new Uint8Array(200_000);
  for (let time = 0; time < 2; time++) {
    const sent = await connection.jetstream().publish("things", payload, { msgID: "same", headers: own });
    expect(sent.duplicate).toBe(false);
  }
  await manager.consumers.add("things", { durable_name: "one", ack_policy: "explicit" as never });
  const message = await (await connection.jetstream().consumers.get("things", "one")).next();
  expect(message?.headers?.get("other")).toBe("kept");
  message?.ack();
  await expect.poll(() => acks).toBe(1);
  await connection.close();
});
