// nice-grpc: grpc-js with promises and async iterables.
import { createChannel, createClient, createServer } from "nice-grpc";
import { methods } from "./codecs.mjs";
import { placeOrder, watched, watchStock } from "./messages.mjs";

export async function startServer() {
  const server = createServer();
  server.add(methods, {
    placeOrder: async (order) => placeOrder(order),
    watchStock: async function* () {
      yield* watchStock();
    },
  });
  return `127.0.0.1:${await server.listen("127.0.0.1:0")}`;
}

export function openClient(address) {
  const client = createClient(methods, createChannel(address));
  return {
    placeOrder: (order) => client.placeOrder(order),
    watchStock: async (onMessage) => {
      for await (const message of client.watchStock(watched)) onMessage(message);
    },
  };
}
