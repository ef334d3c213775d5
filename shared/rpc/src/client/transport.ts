import { Channel, type ChannelOptions, type StatusObject } from "@grpc/grpc-js";
import { MeshError, type MethodDefinition } from "@mesh/contracts";
import { Health } from "@mesh/contracts/protocols/grpc/health/v1/index";
import { Mux } from "@mesh/contracts/protocols/mesh/v1/index";
import type { Logger } from "@mesh/runtime";
import { type ClientCredentials, grpcChannelCredentials } from "../credentials.ts";
import { type HeaderListeners, type OutgoingHeaders, toMetadata } from "../headers.ts";
import type { Identity } from "../identity/identity.ts";
import { maxRequestBytes, maxResponseBytes, maxStreamsPerConnection } from "../message-stream.ts";
import { OpenCalls } from "../open-calls.ts";
import type { VersionSplit } from "../policy/version-split.ts";
import { noRoom, receivedError } from "../received-error.ts";
import { isOverload, isRefusal } from "../received-status.ts";
import { retryLaterMs } from "../retry-later.ts";
import { ChannelPool, type PooledChannel } from "./channel-pool.ts";
import { ConnectionState } from "./connection-state.ts";
import { startUnary } from "./grpc-unary.ts";
import type { MessageFormat } from "./message-format.ts";
import { GrpcOutgoingStream, type OutgoingStream } from "./outgoing-stream.ts";
import { TimedChannelCredentials } from "./settings-timeout.ts";
import { maxClientCalls, tooManyCalls } from "./too-many-calls.ts";
import type { UnaryCall } from "./unary-call.ts";

/** The way to another service: gRPC, the mux, or memory. What is above sees no difference. */
export interface Transport {
  /** What its streams carry. Default: the bytes of messages. */
  readonly format?: MessageFormat;
  /** Resolves once calls can be made; undefined: they can. Never rejects. */
  readonly opening?: Promise<void> | undefined;
  /** Starts a call with streams of messages. @throws Error if gRPC does not allow one of its headers */
  start(method: MethodDefinition, init: StartInit): OutgoingStream<unknown>;
  /** Makes a unary call. @throws Error if gRPC does not allow one of its headers */
  unary(call: UnaryCall): void;
  close(): void;
}

/** The way to one replica. */
export interface ReplicaTransport extends Transport {
  start(method: MethodDefinition, init: StartInit): OutgoingStream;
  /** Ends the open unary calls that may be made again: the replica does not respond. */
  giveUp(): void;
}

/** The way by plain gRPC. */
export interface GrpcTransport extends ReplicaTransport {
  /** The connection of the unary calls. */
  readonly connection: ConnectionState;
  /** Connects for unary calls, if that has not begun. */
  connect(): void;
  /** Makes new calls on new connections: the server refuses them on those that are open. */
  renew(): void;
}

/** The parts of a call besides its messages. */
export interface StartInit {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly headers: OutgoingHeaders;
  readonly listeners: HeaderListeners | undefined;
  /** The path that carries the call; default: that of the method. */
  readonly path?: string;
  /** The ids of the replicas that have had this call before. */
  readonly tried?: string[] | undefined;
  /** The versions of the replicas that may get the call; undefined: all. */
  readonly split?: VersionSplit | undefined;
}

/** Options of a gRPC transport. */
export interface GrpcTransportOptions {
  readonly address: string;
  /** The name of the service, for messages. */
  readonly upstream: string;
  readonly credentials?: ClientCredentials | Identity | undefined;
  /** Gets a line when the connection is lost and when it is back. */
  readonly log?: Logger | undefined;
}

/** The most connections for streams to each process of a service; further streams wait until one ends. */
const streamLimits = { channels: 10, callsEach: maxStreamsPerConnection };

/** How many calls fewer than a connection may have leave no room for health checks. */
const roomForChecks = 5;

/** The open calls with which a connection has room for no other than these. */
const fullConnection = maxStreamsPerConnection - roomForChecks;

/** For how long after a rejection the server counts as overloaded, in milliseconds. */
const overloadMs = 1_000;

const unaryOptions: ChannelOptions = {
  "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
  "grpc.service_config_disable_resolution": 1,
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 5_000,
  "grpc.max_send_message_length": maxRequestBytes,
  "grpc.max_receive_message_length": maxResponseBytes,
  // Else channels to the same address share one connection.
  "grpc.use_local_subchannel_pool": 1,
  // A proxy for the way out, as HTTP_PROXY names it, must not see calls inside the mesh.
  "grpc.enable_http_proxy": 0,
  "grpc.enable_channelz": 0,
};

const streamOptions: ChannelOptions = {
  ...unaryOptions,
  // grpc-js keeps what it sent for another try, and until this is full it does not wait for room to send more.
  "grpc.per_rpc_retry_buffer_size": 16 * 1024,
};

/** Reaches a service by gRPC. It connects when it is first needed. */
export function grpcTransport({ address, upstream, credentials, log }: GrpcTransportOptions): GrpcTransport {
  const secured = new TimedChannelCredentials(grpcChannelCredentials(credentials, upstream, log));
  const openChannel = (options: ChannelOptions) => new Channel(address, secured, options);
  const connection = new ConnectionState(log?.child({ upstream, address }));
  const openUnary = () => {
    const channel = openChannel(unaryOptions);
    connection.follow(channel);
    return channel;
  };
  // Streams are kept apart from unary calls: a hundred open ones would leave those no room on the connection.
  const forUnary = new ChannelPool(openUnary, { channels: 1, callsEach: Number.POSITIVE_INFINITY });
  // A health check must not wait until one of the calls that a connection may have has ended.
  const forChecks = new ChannelPool(() => openChannel(unaryOptions), {
    channels: 1,
    callsEach: Number.POSITIVE_INFINITY,
  });
  const poolFor = ({ method }: UnaryCall) => {
    const isCheck = method === Health.methods.check;
    return isCheck && forUnary.openCalls >= fullConnection ? forChecks : forUnary;
  };
  const forStreams = new ChannelPool(() => openChannel(streamOptions), streamLimits);
  const openStreams = new Set<OutgoingStream>();
  const openCalls = new OpenCalls<UnaryCall>();
  const closed = closedError(upstream);
  let isClosed = false;
  /** When the server last had no room for a call, in milliseconds since the epoch. */
  let rejectedAt = 0;

  /** Rejects a call that would wait for another one of the connection to end, while the server is overloaded. */
  function checkRoom(call: UnaryCall): void {
    if (openCalls.size < fullConnection || call.method === Health.methods.check) return;
    if (openCalls.size >= maxClientCalls) throw tooManyCalls(call);
    if (Date.now() - rejectedAt < overloadMs) throw noRoom(upstream, call.method);
  }

  function renew(): void {
    if (isClosed) return;
    for (const pool of [forUnary, forChecks, forStreams]) pool.retireAll();
    forUnary.first().getConnectivityState(true);
  }

  /** Makes new connections if the server has refused a call on one that still gets calls. */
  function noteRefusal(status: StatusObject, pool: ChannelPool, used: PooledChannel): void {
    if (isRefusal(status) && pool.isInUse(used)) renew();
  }

  function unary(call: UnaryCall): void {
    if (isClosed) throw closed;
    checkRoom(call);
    const metadata = toMetadata(call.headers);
    const pool = poolFor(call);
    const used = pool.take();
    openCalls.add(call);
    // grpc-js reports the end of a call that its caller gives up only later.
    call.onEnd = () => openCalls.remove(call);
    const release = (wasReset: boolean, received: StatusObject) => {
      if (isOverload(received)) rejectedAt = Date.now();
      pool.release(used, wasReset);
      openCalls.remove(call);
      noteRefusal(received, pool, used);
    };
    startUnary({ channel: used.channel, call, metadata, release, again });
  }

  /** Makes a call that the server has refused on an earlier connection. */
  function again(call: UnaryCall): void {
    try {
      unary(call);
    } catch (error) {
      call.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  return {
    connection,
    connect() {
      if (!isClosed) forUnary.first().getConnectivityState(true);
    },
    renew,
    start(method, { deadline, headers, listeners, path = method.path }) {
      if (isClosed) throw closed;
      // This throws for a bad header, before the call is counted.
      const metadata = toMetadata(headers);
      const pool = isOfConnection(method) ? forUnary : forStreams;
      const used = pool.take();
      const errorOf = (status: StatusObject) => {
        noteRefusal(status, pool, used);
        return receivedError(status, upstream, method);
      };
      const stream = new GrpcOutgoingStream(used.channel, { path, deadline, metadata, errorOf, listeners });
      openStreams.add(stream);
      void stream.ended.then(() => {
        pool.release(used, stream.wasReset);
        openStreams.delete(stream);
      });
      return stream;
    },
    unary,
    giveUp() {
      for (const call of openCalls.all()) call.giveUp();
    },
    close() {
      isClosed = true;
      for (const call of [...openStreams, ...openCalls.all()]) call.cancel(closed);
      forUnary.close();
      forChecks.close();
      forStreams.close();
    },
  };
}

/** Returns whether a stream is one that each connection has once, besides the unary calls. */
function isOfConnection(method: MethodDefinition): boolean {
  return method === Mux.methods.open || method === Health.methods.watch;
}

/** The error of calls when this process closes their connection. */
export function closedError(upstream: string): MeshError {
  const message = `the connection to ${upstream} was closed`;
  return new MeshError({ code: "UNAVAILABLE", message, retryAfterMs: retryLaterMs });
}
