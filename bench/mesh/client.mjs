// The client process of a peer.
import { order } from "../peers/messages.mjs";
import { answer, options } from "./child.mjs";
import { driveStream, driveUnary } from "./drive.mjs";

export async function run(peer) {
  let client;
  const connect = async (address) => {
    client = await peer.openClient(address, options);
  };
  answer({
    connect,
    // The first call of a server that has just started.
    first: async (address) => {
      await connect(address);
      await client.placeOrder(order);
    },
    unary: (load) => measured(() => driveUnary(client.placeOrder, load)),
    stream: (load) => measured(() => driveStream(client.watchStock, load)),
  });
  await peer.prepareClient?.(options);
  process.send({ result: "ready" });
}

/** Adds the duration in milliseconds and this process's CPU time in microseconds. */
export async function measured(drive) {
  const [startedAt, before] = [performance.now(), process.cpuUsage()];
  const { calls, times } = await drive();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  return {
    calls,
    ms,
    cpu: user + system,
    p50: milliseconds(times.percentile(50)),
    p99: milliseconds(times.percentile(99)),
  };
}

const milliseconds = (nanoseconds) => nanoseconds / 1e6;
