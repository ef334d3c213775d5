import { pathToFileURL } from "node:url";
import { generateFiles, writeGenerated } from "@mesh/codegen/testing";
import type { EventDefinition, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import { connectBus, on } from "@mesh/events";
import { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";
import { connectUpstreams } from "@mesh/rpc";
import { createLifecycle } from "@mesh/runtime";
import { testDatabase, testNats } from "@mesh/testing";
import { recordedLog, scopeOf } from "@mesh/testing/service";
import { expect, onTestFinished, test, vi } from "vitest";
import type { Database } from "./database.ts";
import { openServices } from "./open-services.ts";
import { service } from "./service.ts";

const contractOf = (word: string) => `syntax = "proto3";
package acme.${word}.v1;
import "mesh/v1/options.proto";
service ThingService {
  rpc Rename(RenameRequest) returns (RenameResponse);
}
message RenameRequest { string id = 1; }
message RenameResponse { string service = 1; }
message Renamed {
  option (mesh.v1.event) = { subject: "acme.${word}.v1.renamed" key: "id" };
  string id = 1;
}`;

interface Thing {
  readonly id: string;
}

interface ThingTypes extends ServiceTypes {
  readonly client: { rename(request: Thing): Promise<{ service: string }> };
}

/** What the generator makes of such a contract. */
interface Contract {
  readonly ThingService: ServiceDefinition<ThingTypes>;
  readonly Renamed: EventDefinition<Thing>;
}

const schema = { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents };
const store = { schema, migrations: new URL("../../events/fixtures/service/migrations", import.meta.url) };
const waiting = { timeout: 20_000 };

/** Generates the contracts of both services. */
async function contracts(): Promise<{ orders: Contract; catalog: Contract }> {
  const protos = ["orders", "catalog"].map((word) => [`acme/${word}/v1/${word}.proto`, contractOf(word)]);
  const { folder, dispose } = await writeGenerated(await generateFiles(Object.fromEntries(protos)));
  onTestFinished(dispose);
  const load = (word: string): Promise<Contract> => import(pathToFileURL(`${folder}/acme/${word}/v1/index.js`).href);
  return { orders: await load("orders"), catalog: await load("catalog") };
}

/** A service that publishes an event of its own, and notes the events of both services. */
function thingService(own: Contract, all: readonly Contract[], handled: string[]) {
  const consumers = all.map(({ Renamed }) =>
    on(Renamed, async ({ id }) => void handled.push(`${own.ThingService.name}: ${id} of ${Renamed.service}`)),
  );
  const rename = async ({ id }: Thing, { db }: { db: Database<typeof schema> }) => {
    await db.transaction((tx) => tx.publish(own.Renamed, { id }));
    return { service: own.ThingService.name };
  };
  return service(own.ThingService, { store, consumers }, { rename });
}

test("services of packages with the same first word share no address, stream, consumer or database", async () => {
  const { orders, catalog } = await contracts();
  await using nats = await testNats();
  await using ordersDatabase = await testDatabase();
  await using catalogDatabase = await testDatabase();
  const { log } = recordedLog();
  const life = createLifecycle({ log });
  const handled: string[] = [];
  const open = async (own: Contract, databaseUrl: string) => {
    const config = { host: "127.0.0.1", port: 0, natsUrl: nats.url, peers: {}, drainMs: 1_000 };
    const things = { service: thingService(own, [orders, catalog], handled), databaseUrl, settings: {} };
    return (await openServices([things], config, { life, log })).server.address;
  };
  const addresses = {
    "acme.orders": await open(orders, ordersDatabase.url),
    "acme.catalog": await open(catalog, catalogDatabase.url),
  };
  const upstreams = connectUpstreams({ orders: orders.ThingService, catalog: catalog.ThingService }, addresses);
  const clients = upstreams.bind(scopeOf());
  expect(await clients.orders.rename({ id: "1" })).toEqual({ service: "acme.orders" });
  expect(await clients.catalog.rename({ id: "2" })).toEqual({ service: "acme.catalog" });

  const expected = ["acme.catalog", "acme.orders"].flatMap((name) => [
    `${name}: 1 of acme.orders`,
    `${name}: 2 of acme.catalog`,
  ]);
  await vi.waitFor(() => expect([...handled].sort()).toEqual(expected), waiting);
  const bus = connectBus({ url: nats.url, name: "test", log });
  const manager = await vi.waitFor(async () => {
    const found = await bus.current()?.jetstreamManager();
    if (!found) throw new Error("not connected yet");
    return found;
  }, waiting);
  for (const word of ["orders", "catalog"]) {
    expect((await manager.streams.info(`acme_${word}_v1`)).state.messages).toBe(1);
    const consumers = (await manager.consumers.list(`acme_${word}_v1`).next()).map(({ name }) => name);
    const durables = ["catalog", "orders"].map((by) => `acme_${by}_acme_${word}_v1_renamed`);
    expect(consumers.sort()).toEqual(durables);
  }
  await bus.close();
  await upstreams.close();
  await life.close();
});
