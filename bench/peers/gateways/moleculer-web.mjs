// Moleculer's gateway, which calls the service by Moleculer over TCP.
import ApiService from "moleculer-web";
import { order } from "../messages.mjs";
import { broker } from "../moleculer-tcp.mjs";

export async function startGateway(upstream) {
  const gateway = broker("gateway", 0, [`tcp://${upstream}/server`]);
  const routes = [{ path: "/", aliases: { "POST orders": "bench.placeOrder" }, bodyParsers: { json: true } }];
  const service = gateway.createService({
    name: "api",
    mixins: [ApiService],
    settings: { ip: "127.0.0.1", port: 0, routes },
  });
  await gateway.start();
  await gateway.waitForServices("bench", 10_000, 10);
  const call = { method: "POST", path: "/orders", body: JSON.stringify(order) };
  return { port: service.server.address().port, requests: { call, rest: call } };
}
