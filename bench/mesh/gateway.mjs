// The gateway process of a peer. Starts when it is told where its service is.
import { answer, options } from "./child.mjs";

export function run(peer) {
  answer({
    usage: () => process.cpuUsage(),
    start: (upstream) => peer.startGateway(upstream, options),
  });
  process.send({ result: "ready" });
}
