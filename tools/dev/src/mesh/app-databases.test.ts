import { randomUUID } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { OrderService } from "@mesh/contracts/testing/orders/v1";
import { PaymentService } from "@mesh/contracts/testing/payments/v1";
import { connectUpstreams, type Identity, openIdentity } from "@mesh/rpc";
import { createLogger } from "@mesh/runtime";
import { buildApps, startMesh } from "@mesh/testing";
import { scopeOf } from "@mesh/testing/service";
import { expect, test } from "vitest";
import { type Clone, openClone } from "../../fixtures/clone.ts";

const silent = createLogger({ name: "test", level: "silent" });
const contracts = join(import.meta.dirname, "../../../../shared/contracts/gen/testing/services.json");

test("each service of one process gets its own database in development", async () => {
  await using clone = await openTwoServices();
  const mesh = clone.run();
  await mesh.ready();
  const { apps } = JSON.parse(await clone.read(".mesh/run.json"));
  const tls = { MESH_TLS: "on" as const, MESH_TLS_DIR: join(clone.root, ".mesh/tls/developer") };
  const options = { names: ["developer"], log: silent, signal: AbortSignal.timeout(60_000) };
  const { credentials } = await openIdentity(tls, options);
  expect(await tablesAt(apps.shop, credentials)).toEqual({ orders: "orders", payments: "payments" });
});

test("each service of one process gets its own database in a mesh under test", async () => {
  await using clone = await openTwoServices();
  await buildApps(clone.root);
  const mesh = await startMesh({ root: clone.root });
  try {
    expect(await tablesAt(mesh.addressOf("shop"), mesh.credentials)).toEqual({
      orders: "orders",
      payments: "payments",
    });
  } finally {
    await mesh.close();
  }
});

async function openTwoServices(): Promise<Clone> {
  const clone = await openClone("two-services");
  const services = (await readFile(contracts, "utf8")).replaceAll("@mesh/contracts/", "@mesh/contracts/testing/");
  const folder = join(clone.root, "shared/contracts/gen");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "services.json"), services);
  return clone;
}

/** Returns the names of the tables that each service finds in its database. */
async function tablesAt(address: string, credentials: Identity | undefined) {
  const definitions = { orders: OrderService, payments: PaymentService };
  const upstreams = connectUpstreams(
    definitions,
    { orders: address, payments: address },
    {
      ...(credentials && { credentials }),
    },
  );
  const { orders, payments } = upstreams.bind(scopeOf());
  const id = randomUUID();
  const tables = {
    orders: await orders.getOrder({ id }).catch(({ message }) => message),
    payments: await payments.getPayment({ orderId: id }).catch(({ message }) => message),
  };
  await upstreams.close();
  return tables;
}
