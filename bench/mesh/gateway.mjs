// The gateway process of a peer. It starts when it receives the address of its service.
import { answer, options } from "./child.mjs";

export function run(peer) {
  answer({
    usage: () => process.cpuUsage(),
    start: (upstream) => peer.startGateway(upstream, options),
  });
  process.send({ result: "ready" });
}
