// Connect for Node, with the gRPC protocol over HTTP/2 and protobuf-es, which reads the contracts' descriptors. Generated
// code of protobuf-es is the same descriptors with types.
import { once } from "node:events";
import { createServer } from "node:http2";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { connectNodeAdapter, createGrpcTransport } from "@connectrpc/connect-node";
import { placeOrder, watched, watchStock } from "./messages.mjs";

export async function startServer(options) {
  const { OrderService, InventoryService } = await servicesOf(options);
  const routes = (router) => {
    router.service(OrderService, { placeOrder: async (order) => placeOrder(order) });
    router.service(InventoryService, {
      watchStock: async function* () {
        yield* watchStock();
      },
    });
  };
  const server = createServer(connectNodeAdapter({ routes }));
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `http://127.0.0.1:${server.address().port}`;
}

export async function openClient(baseUrl, options) {
  const { OrderService, InventoryService } = await servicesOf(options);
  const transport = createGrpcTransport({ baseUrl });
  const orders = createClient(OrderService, transport);
  const inventory = createClient(InventoryService, transport);
  return {
    placeOrder: (order) => orders.placeOrder(order),
    watchStock: async (onMessage) => {
      for await (const message of inventory.watchStock(watched)) onMessage(message);
    },
  };
}

async function servicesOf({ descriptors }) {
  const { descriptorSet } = await import(descriptors);
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, Buffer.from(descriptorSet, "base64")));
  return {
    OrderService: registry.getService("orders.v1.OrderService"),
    InventoryService: registry.getService("inventory.v1.InventoryService"),
  };
}
