import { Metadata } from "@grpc/grpc-js";
import type { Logger } from "@mesh/runtime";
import { isUnary } from "../deadline.ts";
import { receivedError } from "../status/received.ts";
import { openChannels } from "./channels.ts";
import { logConnection } from "./connection-log.ts";
import { startCall } from "./outgoing.ts";
import type { Transport } from "./transport.ts";

/**
 * Reaches a peer by gRPC.
 *
 * @param peer what it is called in messages
 * @param log told when it is lost and found
 */
export function grpcTransport(address: string, peer: string, log: Logger | undefined): Transport {
  const channels = openChannels(address);
  if (log) logConnection(channels.main, log.child({ peer, address }));
  return {
    start(method, { deadline, headers }) {
      const { channel, release } = channels.take(isUnary(method) ? "unary" : "stream");
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
      const errorOf = (status: Parameters<typeof receivedError>[0]) => receivedError(status, peer, method);
      const call = startCall(channel, { path: method.path, deadline, metadata, errorOf });
      void call.ended.then(release);
      return call;
    },
    close: channels.close,
  };
}
