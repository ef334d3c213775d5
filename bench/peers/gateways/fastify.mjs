// Fastify with a JSON schema, which calls the service by grpc-js.
import fastify from "fastify";
import { order } from "../messages.mjs";
import { connectServices } from "./upstream.mjs";

const uuid = { type: "string", format: "uuid" };
const text = (maxLength) => ({ type: "string", minLength: 1, maxLength });

const placeOrderRequest = {
  type: "object",
  required: ["idempotencyKey", "items", "paymentToken", "email", "name", "address"],
  properties: {
    idempotencyKey: uuid,
    items: {
      type: "array",
      minItems: 1,
      maxItems: 50,
      items: {
        type: "object",
        required: ["productId", "quantity"],
        properties: { productId: uuid, quantity: { type: "integer", minimum: 1, maximum: 100 } },
      },
    },
    paymentToken: text(200),
    email: { type: "string", format: "email", maxLength: 254 },
    name: text(100),
    address: text(500),
  },
};

export async function startGateway(upstream) {
  const { placeOrder } = connectServices(upstream);
  const app = fastify();
  app.post("/orders", { schema: { body: placeOrderRequest } }, ({ body }) => placeOrder(body));
  await app.listen({ host: "127.0.0.1", port: 0 });
  const call = { method: "POST", path: "/orders", body: JSON.stringify(order) };
  return { port: app.server.address().port, requests: { call, rest: call } };
}
