import { type Channel, Metadata, connectivityState as state } from "@grpc/grpc-js";
import { MeshError, type MethodDefinition } from "@mesh/contracts";
import type { Logger } from "@mesh/runtime";
import type { ClientCredentials } from "../credentials.ts";
import { isUnary } from "../deadline.ts";
import type { MessageStream } from "../message-stream.ts";
import { receivedError } from "../received-error.ts";
import { openChannels } from "./channels.ts";
import { startStream } from "./outgoing-stream.ts";

/** The bytes of a call that this process makes. */
export interface OutgoingStream extends MessageStream {
  /** Resolves when the call is over, with why it failed; undefined: it ended well. */
  readonly ended: Promise<Error | undefined>;
  /** Says that no more messages follow, after a last one if it is given. */
  finish(last?: Uint8Array): void;
  /** Ends the call, unless it is over; what waits for it rejects with the error. */
  cancel(error: Error): void;
}

/** The options of a stream. */
export interface StreamInit {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** The way to another service. gRPC is one; everything above it sees only streams of bytes. */
export interface Transport {
  start(method: MethodDefinition, init: StreamInit): OutgoingStream;
  close(): void;
}

/** Options of a gRPC transport. */
export interface GrpcTransportOptions {
  readonly address: string;
  /** The name of the service, for messages. */
  readonly upstream: string;
  readonly credentials?: ClientCredentials | undefined;
  /** Gets a line when the connection is lost and when it is back. */
  readonly log?: Logger | undefined;
}

/** Reaches a service by gRPC. */
export function grpcTransport({ address, upstream, credentials, log }: GrpcTransportOptions): Transport {
  const channels = openChannels(address, credentials);
  const open = new Set<OutgoingStream>();
  const closed = new MeshError({ code: "UNAVAILABLE", message: `the connection to ${upstream} was closed` });
  let isClosed = false;
  if (log) logConnection(channels.main, log.child({ upstream, address }));
  return {
    start(method, { deadline, headers }) {
      if (isClosed) throw closed;
      const { channel, release } = channels.take(isUnary(method) ? "unary" : "stream");
      const metadata = metadataOf(headers);
      const errorOf = (status: Parameters<typeof receivedError>[0]) => receivedError(status, upstream, method);
      const stream = startStream(channel, { path: method.path, deadline, metadata, errorOf });
      open.add(stream);
      void stream.ended.then(() => {
        open.delete(stream);
        release();
      });
      return stream;
    },
    close() {
      isClosed = true;
      for (const stream of open) stream.cancel(closed);
      channels.close();
    },
  };
}

function metadataOf(headers: Readonly<Record<string, string>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return metadata;
}

/** Writes a line when a connection that worked is lost, and one when it is back. */
function logConnection(channel: Channel, log: Logger): void {
  let known: "new" | "ready" | "lost" = "new";

  function note(now: number): void {
    if (now === state.READY) {
      if (known === "lost") log.info("the connection is back");
      known = "ready";
    }
    if (now === state.TRANSIENT_FAILURE && known === "ready") {
      log.warn("the connection is lost; connecting again");
      known = "lost";
    }
  }

  function watch(): void {
    const now = channel.getConnectivityState(false);
    note(now);
    if (now !== state.SHUTDOWN) channel.watchConnectivityState(now, Number.POSITIVE_INFINITY, watch);
  }

  watch();
}
