// Moleculer over its TCP transporter, with its default serializer (JSON).
import { Readable } from "node:stream";
import { ServiceBroker } from "moleculer";
import { placeOrder, stockJson, watched, watchStock } from "./messages.mjs";

/** The nodes find each other by their addresses: discovery by UDP would also find those of another run. */
export function broker(nodeID, port, urls) {
  return new ServiceBroker({
    nodeID,
    logger: false,
    requestTimeout: 10_000,
    transporter: { type: "TCP", options: { udpDiscovery: false, port, urls } },
  });
}

export async function startServer({ freePort }) {
  const server = broker("server", freePort, []);
  server.createService({
    name: "bench",
    actions: {
      placeOrder: ({ params }) => placeOrder(params),
      watchStock: () => Readable.from(watchStock(stockJson)),
    },
  });
  await server.start();
  return `127.0.0.1:${freePort}`;
}

export async function openClient(address) {
  const client = broker(`client-${process.pid}`, 0, [`tcp://${address}/server`]);
  await client.start();
  await client.waitForServices("bench", 10_000, 10);
  return {
    placeOrder: (order) => client.call("bench.placeOrder", order),
    watchStock: async (onMessage) => {
      for await (const message of await client.call("bench.watchStock", watched)) onMessage(message);
    },
  };
}
