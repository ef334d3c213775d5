// The server process of a peer. Listens as soon as it runs, and sends its address.
import { answer, options } from "./child.mjs";

export async function run(peer) {
  answer({ usage: () => process.cpuUsage(), rss: () => process.memoryUsage.rss() });
  process.send({ result: await peer.startServer(options) });
}
