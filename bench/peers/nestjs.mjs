// A NestJS microservice over gRPC, with what it brings: grpc-js, and protobufjs by @grpc/proto-loader. Decorators are applied
// as functions, because this is JavaScript.
import "reflect-metadata";
import { Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ClientProxyFactory, GrpcMethod, Transport } from "@nestjs/microservices";
import { firstValueFrom, from } from "rxjs";
import { placeOrder, stockJson, watched, watchStock } from "./messages.mjs";

class BenchController {
  placeOrder(order) {
    return placeOrder(order);
  }

  watchStock() {
    return from(watchStock(stockJson));
  }
}

function decorate(method, decorator) {
  const descriptor = Object.getOwnPropertyDescriptor(BenchController.prototype, method);
  decorator(BenchController.prototype, method, descriptor);
}

decorate("placeOrder", GrpcMethod("OrderService", "PlaceOrder"));
decorate("watchStock", GrpcMethod("InventoryService", "WatchStock"));
Controller()(BenchController);

class BenchModule {}
Module({ controllers: [BenchController] })(BenchModule);

export async function startServer({ freePort, proto }) {
  const address = `127.0.0.1:${freePort}`;
  const app = await NestFactory.createMicroservice(BenchModule, { ...transport(address, proto), logger: false });
  await app.listen();
  return address;
}

export function openClient(address, { proto }) {
  const client = ClientProxyFactory.create(transport(address, proto));
  // Nest looks a service up by its short name, in every package of the options.
  const orders = client.getService("OrderService");
  const inventory = client.getService("InventoryService");
  return {
    placeOrder: (order) => firstValueFrom(orders.placeOrder(order)),
    watchStock: (onMessage) => {
      return new Promise((resolve, reject) => {
        inventory.watchStock(watched).subscribe({ next: onMessage, complete: resolve, error: reject });
      });
    },
  };
}

function transport(url, proto) {
  const protoPath = ["orders/v1/orders.proto", "inventory/v1/inventory.proto"];
  return {
    transport: Transport.GRPC,
    options: { url, package: ["orders.v1", "inventory.v1"], protoPath, loader: { includeDirs: proto } },
  };
}
