import { Metadata } from "@grpc/grpc-js";
import { MeshError } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import { isUnary } from "../deadline.ts";
import { receivedError } from "../status/received.ts";
import { openChannels } from "./channels.ts";
import { logConnection } from "./connection-log.ts";
import { startCall } from "./outgoing.ts";
import type { OutgoingCall, Transport } from "./transport.ts";

/**
 * Reaches a peer by gRPC.
 *
 * @param peer what it is called in messages
 * @param log told when it is lost and found
 */
export function grpcTransport(address: string, peer: string, log: Logger | undefined): Transport {
  const channels = openChannels(address);
  const open = new Set<OutgoingCall>();
  const closed = new MeshError({ code: "UNAVAILABLE", message: `the connection to ${peer} was closed` });
  let isClosed = false;
  if (log) logConnection(channels.main, log.child({ peer, address }));
  return {
    start(method, { deadline, headers }) {
      if (isClosed) throw closed;
      const { channel, release } = channels.take(isUnary(method) ? "unary" : "stream");
      const metadata = new Metadata();
      for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
      const errorOf = (status: Parameters<typeof receivedError>[0]) => receivedError(status, peer, method);
      const call = startCall(channel, { path: method.path, deadline, metadata, errorOf });
      open.add(call);
      void call.ended.then(() => {
        open.delete(call);
        release();
      });
      return call;
    },
    close() {
      isClosed = true;
      for (const call of open) call.cancel(closed);
      channels.close();
    },
  };
}
