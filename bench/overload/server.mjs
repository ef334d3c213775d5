// The server process: its handlers compute, wait, wait for one of ten connections, or do nothing.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { MeshError } from "@mesh/contracts";
import { OrderService } from "@mesh/contracts/orders/v1";
import { implement, serve } from "@mesh/rpc";
import { createLogger } from "@mesh/runtime";
import { answer, options } from "../mesh/child.mjs";

/** For the handler that does both. */
let turn = 0;

const handlers = {
  none: async () => ({}),
  compute: async () => {
    const until = performance.now() + options.ms;
    while (performance.now() < until);
    return {};
  },
  wait: async () => {
    await new Promise((resolve) => setTimeout(resolve, options.ms));
    return {};
  },
  /** One of two waits, and the other computes. */
  mixed: () => (turn++ % 2 === 0 ? handlers.wait() : handlers.compute1()),
  compute1: async () => {
    const until = performance.now() + 1;
    while (performance.now() < until);
    return {};
  },
  pool: async () => {
    await connections.take();
    await handlers.wait();
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

/** The calls so far, and the code with which they fail. */
let calls = 0;
let failure;

/** Calls with this address never end, so that all others are rejected. */
async function placeOrder(order) {
  calls += 1;
  if (failure) throw new MeshError({ code: failure, message: "the replica fails" });
  return order.email === "hold@example.com" ? new Promise(() => {}) : handlers[options.handler](order);
}

/** Sends when a call arrived and when its handler ended, if its caller asks for it. */
async function traceTimes(call, next) {
  if (!call.header("x-times")) return next();
  const arrivedAt = performance.timeOrigin + performance.now();
  try {
    return await next();
  } finally {
    call.setTrailer("x-times", `${arrivedAt} ${performance.timeOrigin + performance.now()}`);
  }
}

const missing = async () => {
  throw new Error("not part of the benchmark");
};
const others = Object.fromEntries(Object.keys(OrderService.methods).map((name) => [name, missing]));
const { address } = await serve({
  services: [implement(OrderService, { ...others, placeOrder })],
  log: createLogger({ name: "overload", level: "info", pretty: false }),
  ...(options.handler !== "none" && { middleware: (defaults) => [traceTimes, ...defaults] }),
  ...(options.inFlight && { inFlight: options.inFlight }),
});

const loopDelay = monitorEventLoopDelay({ resolution: 1 });
// It costs much beside calls that do nothing.
if (options.handler !== "none") loopDelay.enable();

answer({
  fail(code) {
    failure = code;
  },
  /** Returns the calls since the last time. */
  count: () => {
    const counted = calls;
    calls = 0;
    return counted;
  },
  /** Returns the CPU time so far, and the delay of the event loop since the last time. */
  usage: () => {
    const loopDelayP99 = loopDelay.percentile(99) / 1e6;
    loopDelay.reset();
    return { ...process.cpuUsage(), loopDelayP99 };
  },
});
process.send({ result: address });
