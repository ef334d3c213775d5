// The gateway process. All requests are of one user at one address, so only the limit of the process counts.
import { OrderService } from "@mesh/contracts/orders/v1";
import { allocateYoung, createLifecycle, createLogger } from "@mesh/runtime";
import { openGateway } from "../../gateway/src/gateway.ts";
import { gatewaySettings } from "../../gateway/src/settings.ts";
import { answer } from "../mesh/child.mjs";

// As `runProcess` does.
allocateYoung();

const most = 1_000_000;
const limits = { requestsPerUser: most, requestsPerAddress: most, connectionsPerAddress: most };

answer({
  async start(upstream) {
    const log = createLogger({ name: "gateway", level: "warn", pretty: false, destination: process.stderr });
    const env = { PORT: "0", RATE_LIMITS: "off", MESH_TLS: "off", MESH_PEERS: `orders=${upstream}` };
    const life = createLifecycle({ log });
    const services = { orders: OrderService };
    return (await openGateway(gatewaySettings(env, services), { services, limits, life, log })).port;
  },
  usage: () => ({ ...process.cpuUsage(), rss: process.memoryUsage.rss() }),
});
process.send({ result: "ready" });
