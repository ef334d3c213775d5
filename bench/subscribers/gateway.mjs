// The gateway of the benchmark: ours, whose subscribers are the users that a header names.
import { OrderService } from "@mesh/contracts/orders/v1";
import { allocateYoung, createLifecycle, createLogger } from "@mesh/runtime";
import { openGateway } from "../../gateway/src/gateway.ts";
import { gatewaySettings } from "../../gateway/src/settings.ts";
import { answer, options } from "../mesh/child.mjs";

// As `runProcess` does.
allocateYoung();

const scopes = new Set(["orders:read"]);
const log = createLogger({ name: "gateway", level: "warn", pretty: false, destination: process.stderr });
const env = {
  PORT: "0",
  RATE_LIMITS: "off",
  MESH_TLS: "off",
  NATS_URL: options.natsUrl,
  MESH_PEERS: "orders=127.0.0.1:1",
};
const services = { orders: OrderService };
const opened = openGateway(gatewaySettings(env, services), {
  services,
  life: createLifecycle({ log }),
  log,
  identify: ({ headers }) => ({ principal: { kind: "customer", id: String(headers["x-user"]) }, scopes, roles: [] }),
  limits: {
    streamsPerCustomer: 100_000,
    streamsPerAddress: 100_000,
    streams: 100_000,
    connections: 100_000,
    connectionsPerAddress: 100_000,
    ...options.limits,
  },
});

let peakRss = 0;
setInterval(() => {
  peakRss = Math.max(peakRss, process.memoryUsage.rss());
}, 100).unref();

answer({
  port: async () => (await opened).port,
  usage: () => ({ rss: peakRss, cpu: process.cpuUsage() }),
});
