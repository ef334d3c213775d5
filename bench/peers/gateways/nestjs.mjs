// NestJS on Express, which calls the service by its client for gRPC. Decorators are applied as functions.
import "reflect-metadata";
import { Body, Controller, HttpCode, Module, Post } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { order } from "../messages.mjs";
import { openClient } from "../nestjs.mjs";
import { placeOrderRequest } from "./schemas.mjs";

export async function startGateway(upstream, options) {
  const services = openClient(upstream, options);

  class OrdersController {
    placeOrder(request) {
      return services.placeOrder(request);
    }
  }
  const { prototype } = OrdersController;
  const descriptor = Object.getOwnPropertyDescriptor(prototype, "placeOrder");
  for (const decorate of [Post("orders"), HttpCode(200)]) decorate(prototype, "placeOrder", descriptor);
  Body({ transform: (value) => placeOrderRequest.parse(value) })(prototype, "placeOrder", 0);
  Controller()(OrdersController);

  class GatewayModule {}
  Module({ controllers: [OrdersController] })(GatewayModule);

  const app = await NestFactory.create(GatewayModule, { logger: false });
  await app.listen(0, "127.0.0.1");
  const call = { method: "POST", path: "/orders", body: JSON.stringify(order) };
  return { port: app.getHttpServer().address().port, requests: { call, rest: call } };
}
