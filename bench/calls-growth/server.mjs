// The server process: all upstreams, each with a port of its own.
import { implement, serve } from "@mesh/rpc";
import { allocateYoung, createLogger } from "@mesh/runtime";
import { answer, options } from "../mesh/child.mjs";
import { placeOrder } from "../peers/messages.mjs";
import { contractsOf } from "./contracts.mjs";

allocateYoung();
const log = createLogger({ name: "bench", level: "error", pretty: false });

async function start(definition) {
  const handlers = Object.fromEntries(
    Object.keys(definition.methods).map((name) => [name, async (order) => placeOrder(order)]),
  );
  const { address } = await serve({ services: [implement(definition, handlers)], log });
  return [definition.name, address];
}

answer({ usage: () => process.cpuUsage() });
process.send({ result: Object.fromEntries(await Promise.all(contractsOf(options).map(start))) });
