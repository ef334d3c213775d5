// Ours, as `npm run build` builds it, with every default on: sessions, scopes, validation and limits. The options say whether
// the services are called by mutual TLS (`certificates`), and whether traces and metrics are recorded (`isObserved`).
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { OrderService } from "@mesh/contracts/orders/v1";
import { allocateYoung, createLifecycle, createLogger } from "@mesh/runtime";
import { openGateway } from "../../../gateway/src/gateway.ts";
import { gatewaySettings } from "../../../gateway/src/settings.ts";
import { order } from "../messages.mjs";
import { observe } from "../telemetry.mjs";
import { trpcRequests } from "./trpc-requests.mjs";

// As `runProcess` does.
allocateYoung();

/** Without the option `share`, by which a subscriber that reads too slowly gets fewer messages. */
const watchStock = { ...InventoryService.methods.watchStock, share: undefined };
const inventory = { ...InventoryService, methods: { ...InventoryService.methods, watchStock } };

const services = { orders: OrderService, inventory };

export async function startGateway(upstream, { certificates, isObserved }) {
  if (isObserved) await observe();
  const log = createLogger({ name: "gateway", level: "warn", pretty: false, destination: process.stderr });
  const names = Object.values(services).map(({ name }) => name);
  const env = {
    PORT: "0",
    RATE_LIMITS: "off",
    MESH_PEERS: names.map((name) => `${name}=${upstream}`).join(","),
    ...tlsOf(certificates),
  };
  const { port } = await openGateway(gatewaySettings(env, services), { services, life: createLifecycle({ log }), log });
  const rest = { method: "POST", path: "/v1/orders", body: JSON.stringify(order) };
  return { port, requests: { ...trpcRequests("/trpc"), rest } };
}

/** Names the files as the setting MESH_TLS_DIR needs them. */
function tlsOf(certificates) {
  if (!certificates) return { MESH_TLS: "off" };
  const folder = join(certificates, "gateway");
  mkdirSync(folder, { recursive: true });
  const names = { "authority.crt": "ca.crt", "client.crt": "tls.crt", "client.key": "tls.key" };
  for (const [from, to] of Object.entries(names)) copyFileSync(join(certificates, from), join(folder, to));
  return { MESH_TLS_DIR: folder };
}
