// The client process: calls the upstreams in turn, and their methods in turn, each call from a scope of its own as a handler
// does.
import { connectUpstreams } from "@mesh/rpc";
import { allocateYoung, createLogger, openScope } from "@mesh/runtime";
import { answer, options } from "../mesh/child.mjs";
import { measured } from "../mesh/client.mjs";
import { driveUnary } from "../mesh/drive.mjs";
import { contractsOf, methodNames } from "./contracts.mjs";

allocateYoung();
const log = createLogger({ name: "bench", level: "error", pretty: false });
const { signal } = new AbortController();
const methods = methodNames(options.rpcs);
let upstreams;
let names;
let made = 0;

function call(order) {
  const turn = made++;
  const peers = upstreams.bind(openScope({ signal, timeoutMs: 10_000, log }));
  return peers[names[turn % names.length]][methods[turn % methods.length]](order);
}

answer({
  async connect(addresses) {
    names = Object.keys(addresses);
    const definitions = Object.fromEntries(contractsOf(options).map((one) => [one.name, one]));
    upstreams = connectUpstreams(definitions, addresses, { log });
    await upstreams.ready(AbortSignal.timeout(30_000));
  },
  unary: (load) => measured(() => driveUnary(call, load)),
});
process.send({ result: "ready" });
