// Ours, as a service and its callers run it: every default step of the server and of the connection is on. The options say
// what may differ: `mux`, whether unary calls may share a stream, `local`, whether the services run in the caller's process,
// `certificates`, a folder for mutual TLS, and `isObserved`, whether traces and metrics are recorded; default: false.
import { readFileSync } from "node:fs";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { OrderService } from "@mesh/contracts/orders/v1";
import { connect, createIdentity, LocalServices } from "@mesh/rpc";
import { allocateYoung, createLifecycle, createLogger } from "@mesh/runtime";
import { openServices, service } from "@mesh/service";
import { placeOrder, watched, watchStock } from "./messages.mjs";
import { observe } from "./telemetry.mjs";

// As `start` does.
allocateYoung();

export async function startServer({ certificates, isObserved }) {
  if (isObserved) await observe();
  return openOurs({ certificates });
}

async function openOurs({ certificates, local }) {
  const log = createLogger({ name: "bench", level: "info", pretty: false });
  const config = { host: "127.0.0.1", port: 0, natsUrl: undefined, peers: {}, drainMs: 1_000 };
  const services = [
    service(OrderService, {}, withOthers(OrderService, { placeOrder: async (order) => placeOrder(order) })),
    service(InventoryService, {}, withOthers(InventoryService, { watchStock: stockLevels })),
  ];
  const configured = services.map((one) => ({ service: one, settings: {} }));
  const { server } = await openServices(configured, config, {
    life: createLifecycle({ log }),
    log,
    ...(local && { local }),
    ...credentialsOf(certificates, "server"),
  });
  return server.address;
}

async function* stockLevels() {
  yield* watchStock();
}

/** Adds the methods that are not called: a service implements all of its contract. */
function withOthers({ methods }, handlers) {
  const missing = async () => {
    throw new Error("not part of the benchmark");
  };
  return { ...Object.fromEntries(Object.keys(methods).map((name) => [name, missing])), ...handlers };
}

export async function openClient(address, { mux, local, certificates, isObserved }) {
  if (isObserved) await observe();
  const services = local && new LocalServices([OrderService.name, InventoryService.name]);
  if (services) await openOurs({ certificates, local: services });
  const inMemory = services && { local: { services, caller: "checkout" } };
  const options = { address, mux, ...inMemory, ...credentialsOf(certificates, "caller") };
  const orders = connect(OrderService, options);
  const inventory = connect(InventoryService, options);
  return {
    placeOrder: (order) => orders.client.placeOrder(order),
    watchStock: async (onMessage) => {
      for await (const message of inventory.client.watchStock(watched)) onMessage(message);
    },
  };
}

function credentialsOf(folder, name) {
  if (!folder) return {};
  const [ca, cert, key] = ["authority.crt", `${name}.crt`, `${name}.key`].map((file) => {
    return readFileSync(`${folder}/${file}`, "utf8");
  });
  return { credentials: createIdentity({ ca, cert, key }) };
}
