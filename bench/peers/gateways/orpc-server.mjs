// oRPC's handler for Node, in front of services that are called by any client.
import { once } from "node:events";
import { createServer } from "node:http";
import { os } from "@orpc/server";
import { RPCHandler } from "@orpc/server/node";
import { order } from "../messages.mjs";
import { placeOrderRequest } from "./schemas.mjs";

/** @param placeOrder calls the service */
export async function startOrpc({ placeOrder }) {
  const router = { orders: { placeOrder: os.input(placeOrderRequest).handler(({ input }) => placeOrder(input)) } };
  const handler = new RPCHandler(router);
  const server = createServer(async (request, response) => {
    const { matched } = await handler.handle(request, response, { prefix: "/rpc", context: {} });
    if (!matched) response.writeHead(404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const call = { method: "POST", path: "/rpc/orders/placeOrder", body: JSON.stringify({ json: order }) };
  return { port: server.address().port, requests: { call } };
}
