// The server process: its handlers compute, wait for one of ten connections, or do nothing.
import { OrderService } from "@mesh/contracts/orders/v1";
import { implement, serve } from "@mesh/rpc";
import { createLogger } from "@mesh/runtime";
import { answer, options } from "../mesh/child.mjs";

const handlers = {
  none: async () => ({}),
  compute: async () => {
    const until = performance.now() + options.ms;
    while (performance.now() < until);
    return {};
  },
  wait: async () => {
    await connections.take();
    await new Promise((resolve) => setTimeout(resolve, options.ms));
    connections.release();
    return {};
  },
};

/** Ten, as a pool of a database has. */
const connections = {
  free: 10,
  waiting: [],
  take() {
    if (this.free-- > 0) return undefined;
    return new Promise((resolve) => this.waiting.push(resolve));
  },
  release() {
    this.free += 1;
    this.waiting.shift()?.();
  },
};

/** Calls with this address never end, so that all others are rejected. */
async function placeOrder(order) {
  return order.email === "hold@example.com" ? new Promise(() => {}) : handlers[options.handler](order);
}

const missing = async () => {
  throw new Error("not part of the benchmark");
};
const others = Object.fromEntries(Object.keys(OrderService.methods).map((name) => [name, missing]));
const { address } = await serve({
  services: [implement(OrderService, { ...others, placeOrder })],
  log: createLogger({ name: "overload", level: "info", pretty: false }),
  ...(options.inFlight && { inFlight: options.inFlight }),
});

answer({ usage: () => process.cpuUsage() });
process.send({ result: address });
