import { Server, ServerInterceptingCall, type ServerInterceptor, type ServerOptions } from "@grpc/grpc-js";
import { maxRequestBytes, maxResponseBytes, maxStreamsPerConnection } from "../limits.ts";
import { acceptCall, type IncomingCall } from "./incoming.ts";

const options: ServerOptions = {
  "grpc.max_receive_message_length": maxRequestBytes,
  "grpc.max_send_message_length": maxResponseBytes,
  "grpc.max_concurrent_streams": maxStreamsPerConnection,
  "grpc.max_connection_idle_ms": 5 * 60_000,
  "grpc.max_connection_age_ms": 10 * 60_000,
  "grpc.max_connection_age_grace_ms": 30_000,
  // Finds the callers that vanished without a word.
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.enable_channelz": 0,
};

/** What to do with a call to a path; gives what to do when the call is over too early. */
export type Route = (call: IncomingCall) => () => void;

/** A gRPC server that hands each call to the route of its path; other paths are UNIMPLEMENTED. */
export function createGrpcServer(routes: ReadonlyMap<string, Route>): Server {
  const intercept: ServerInterceptor = ({ path }, call) => {
    const route = routes.get(path);
    return new ServerInterceptingCall(call, route ? { start: () => acceptCall(call, route) } : {});
  };
  const server = new Server({ ...options, interceptors: [intercept] });
  // grpc-js must know the path, but the interceptor answers: the handler never runs, and messages stay bytes.
  const asIs = (bytes: Buffer) => bytes;
  for (const path of routes.keys()) server.register(path, () => {}, asIs, asIs, "bidi");
  return server;
}
