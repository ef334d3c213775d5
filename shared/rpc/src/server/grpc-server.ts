import { once } from "node:events";
import type { Http2Server, IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import {
  ServerCredentials as GrpcServerCredentials,
  Server,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerOptions,
} from "@grpc/grpc-js";
import type { Logger } from "@mesh/runtime";
import type { ServerCredentials } from "../credentials.ts";
import type { Identity } from "../identity/identity.ts";
import { maxRequestBytes, maxResponseBytes, maxStreamsPerConnection, toBuffer } from "../message-stream.ts";
import { Connections, type DrainLimits } from "./connections.ts";
import { GrpcIncomingStream, type Route } from "./incoming-stream.ts";
import { repairHeaders } from "./request-headers.ts";
import { createListener } from "./tls-listener.ts";

const options: ServerOptions = {
  "grpc.max_receive_message_length": maxRequestBytes,
  "grpc.max_send_message_length": maxResponseBytes,
  "grpc.max_concurrent_streams": maxStreamsPerConnection,
  "grpc.max_connection_idle_ms": 5 * 60_000,
  // Finds callers that vanished without closing their connection.
  "grpc.keepalive_time_ms": 20_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.enable_channelz": 0,
};

/** The address and the credentials of a server. */
export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Called when callers on some of the open connections are not trusted any more. They get a moment for the calls under way. */
  readonly onLostTrust?: () => void;
  readonly credentials: ServerCredentials | Identity | undefined;
  /** Gets a line for failed TLS handshakes. */
  readonly log: Logger;
}

/** How long calls on the connections of a removed authority may still take, in milliseconds. */
const lostTrustGraceMs = 30_000;

/** A gRPC server that accepts connections. */
export interface GrpcServer {
  readonly port: number;
  /** Accepts no more connections, and closes each once it has no open call; cuts what is left at the limit. */
  close(limits: DrainLimits): Promise<void>;
}

/** Starts a gRPC server that hands each call to the route of its path; other paths are UNIMPLEMENTED. */
export async function startGrpcServer(
  routes: ReadonlyMap<string, Route>,
  { host, port, credentials, log, onLostTrust }: ListenOptions,
): Promise<GrpcServer> {
  const server = createGrpcServer(routes);
  // grpc-js could not cut all connections: without channelz its `forceShutdown` cuts none, and its `drain` waits for the
  // end of sockets whose session has closed. So the sockets are ours.
  // TLS too: a certificate can be replaced, and the log gets why a handshake failed.
  const injector = server.createConnectionInjector(GrpcServerCredentials.createInsecure());
  const connections = new Connections();
  followAll(server, connections);
  const sockets = new Set<Socket>();
  const listener = createListener({
    credentials,
    log,
    onSocket(socket) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    },
    onConnection: (socket) => injector.injectConnection(socket),
    onLostTrust(isTrusted) {
      // HTTP/2 wraps the socket, but passes on its methods.
      connections.drain({ cutMs: lostTrustGraceMs }, ({ socket }) => !isTrusted(socket as TLSSocket));
      onLostTrust?.();
    },
  });
  listener.listen(port, host);
  await once(listener, "listening").catch((cause: Error) => {
    throw new Error(`can't listen on ${hostPort(host, port)}: ${cause.message}`, { cause });
  });

  async function close(limits: DrainLimits): Promise<void> {
    const closed = once(listener, "close");
    listener.close();
    connections.drainAll(limits);
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, limits.cutMs);
    await closed;
    clearTimeout(timer);
    server.forceShutdown(); // Ends its timers.
  }

  // A listener on a port, not on a path, has an address of this kind.
  return { port: (listener.address() as AddressInfo).port, close };
}

/** Follows the connections and their calls, and repairs headers before grpc-js reads them: its interceptors get them too late. */
function followAll(server: Server, connections: Connections): void {
  // Private in grpc-js, which gives no other access to the servers of its injectors. A test notices if it is gone.
  const servers: unknown = Reflect.get(server, "http2Servers");
  if (!(servers instanceof Map)) return;
  for (const one of servers.keys() as Iterable<Http2Server>) {
    one.on("session", (session: ServerHttp2Session) => connections.add(session));
    one.prependListener("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      if (stream.session) connections.begin(stream.session, stream);
      repairHeaders(headers);
    });
  }
}

function createGrpcServer(routes: ReadonlyMap<string, Route>): Server {
  const intercept: ServerInterceptor = ({ path }, call) => {
    const route = routes.get(path);
    return new ServerInterceptingCall(
      call,
      route ? { start: () => call.start(new GrpcIncomingStream(call, route)) } : {},
    );
  };
  const server = new Server({ ...options, interceptors: [intercept] });
  // grpc-js must know the path, but the interceptor answers: the handler never runs, and messages stay bytes.
  for (const path of routes.keys()) server.register(path, () => {}, toBuffer, toBuffer, "bidi");
  return server;
}

/** An address as a URL has it, IPv6 in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
