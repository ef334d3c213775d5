import { Channel, type ChannelOptions } from "@grpc/grpc-js";
import { type ClientCredentials, grpcChannelCredentials } from "../credentials.ts";
import { maxRequestBytes, maxResponseBytes, maxStreamsPerConnection } from "../limits.ts";

/** A channel on loan to one call. */
export interface Lease {
  readonly channel: Channel;
  release(): void;
}

/** The connections to one service. */
export interface Channels {
  /** The one that carries unary calls. */
  readonly main: Channel;
  /** Streams are kept apart from unary calls: a hundred open ones would leave those no room on the connection. */
  take(use: "unary" | "stream"): Lease;
  close(): void;
}

/** The most connections for streams to each process of a service; further streams wait until one ends. */
const maxStreamConnections = 10;

const options: ChannelOptions = {
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
  ...options,
  // grpc-js keeps what it sent for another try, and until this is full it does not wait for room to send more.
  "grpc.per_rpc_retry_buffer_size": 16 * 1024,
};

/** Connects to an address when it is first needed. */
export function openChannels(address: string, credentials: ClientCredentials | undefined): Channels {
  const grpcCredentials = grpcChannelCredentials(credentials);
  const nameOptions = credentials?.serverName ? { "grpc.ssl_target_name_override": credentials.serverName } : {};
  const open = (opts: ChannelOptions) => ({
    channel: new Channel(address, grpcCredentials, { ...opts, ...nameOptions }),
    calls: 0,
  });
  const unary = open(options);
  const streams: ReturnType<typeof open>[] = [];

  function forStream() {
    const free = streams.find(({ calls }) => calls < maxStreamsPerConnection);
    if (free) return free;
    if (streams.length < maxStreamConnections) streams.push(open(streamOptions));
    return streams.reduce((least, one) => (one.calls < least.calls ? one : least));
  }

  return {
    main: unary.channel,
    take(use) {
      const taken = use === "unary" ? unary : forStream();
      taken.calls += 1;
      const release = () => {
        taken.calls -= 1;
      };
      return { channel: taken.channel, release };
    },
    close() {
      for (const { channel } of [unary, ...streams]) channel.close();
    },
  };
}
