import { once } from "node:events";
import type { Http2Server, IncomingHttpHeaders } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
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
  /** Called when connections that are open are not trusted any more. They get a moment for the calls under way. */
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
  /**
   * Accepts no more connections, and closes each once it has no open call; cuts what is left after `limitMs`.
   *
   * @param drained resolves when the connections may be closed; calls that arrive before are answered
   */
  close(limitMs: number, drained: Promise<void>): Promise<void>;
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
  const newInjector = () => {
    const made = server.createConnectionInjector(GrpcServerCredentials.createInsecure());
    repairAll(server);
    return made;
  };
  let injector = newInjector();
  const sockets = new Set<Socket>();
  const listener = createListener({
    credentials,
    log,
    onSocket(socket) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    },
    onConnection: (socket) => injector.injectConnection(socket),
    onLostTrust() {
      onLostTrust?.();
      injector.drain(lostTrustGraceMs);
      injector = newInjector();
    },
  });
  listener.listen(port, host);
  await once(listener, "listening").catch((cause: Error) => {
    throw new Error(`can't listen on ${hostPort(host, port)}: ${cause.message}`, { cause });
  });

  async function close(limitMs: number, drained: Promise<void>): Promise<void> {
    const closed = once(listener, "close");
    listener.close();
    void drained.then(() => injector.drain(limitMs));
    const timer = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, limitMs);
    await closed;
    clearTimeout(timer);
    server.forceShutdown(); // Ends its timers.
  }

  // A listener on a port, not on a path, has an address of this kind.
  return { port: (listener.address() as AddressInfo).port, close };
}

/** The servers of HTTP/2 whose headers are repaired. */
const repaired = new WeakSet<Http2Server>();

/** Repairs headers before grpc-js reads them: its interceptors get them too late. */
function repairAll(server: Server): void {
  // Private in grpc-js, which gives no other access to the servers of its injectors. A test notices if it is gone.
  const servers: unknown = Reflect.get(server, "http2Servers");
  if (!(servers instanceof Map)) return;
  for (const one of servers.keys() as Iterable<Http2Server>) {
    if (repaired.has(one)) continue;
    repaired.add(one);
    one.prependListener("stream", (_stream: unknown, headers: IncomingHttpHeaders) => repairHeaders(headers));
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
