import { setTimeout as pause } from "node:timers/promises";
import { createHealth, type Health, type Logger } from "@mesh/runtime";
import type { InFlightLimits } from "../limits.ts";
import { createGrpcServer } from "./grpc-server.ts";
import type { Implementation } from "./implement.ts";
import { hostPort, listen } from "./listener.ts";
import { createOpenCalls } from "./open-calls.ts";
import { routesOf } from "./routes.ts";

/** What a server offers, and where. */
export interface ServeOptions {
  readonly services: readonly Implementation[];
  readonly log: Logger;
  /** Default: 127.0.0.1, which other machines can't reach. */
  readonly host?: string;
  /** Default: 0, any free one. */
  readonly port?: number;
  /** What the health service answers; default: ready until it closes. */
  readonly health?: Health;
  /** What reflection tells: base64 of a FileDescriptorSet with all imports. Default: there is no reflection. */
  readonly descriptorSet?: string;
  /** How long `close` waits for unary calls under way, in milliseconds; default: 1,000. In production: 15,000. */
  readonly drainMs?: number;
  /** What it takes on at one time; default: 200 unary calls and 1,000 streams. */
  readonly inFlight?: InFlightLimits;
}

/** A server that takes calls. */
export interface RunningServer {
  readonly port: number;
  /** `host:port`, as `connect` takes it. */
  readonly address: string;
  /**
   * Ends the server: not ready, no new calls; streams end with UNAVAILABLE at once, unary calls after `drainMs`.
   * Resolves when all connections are closed, at the latest a quarter of a second after that.
   */
  close(): Promise<void>;
}

/** From the answer to calls that were given up to the cut of their connections. */
const cutAfterMs = 250;

/** Offers services by gRPC, with the standard health service and, given descriptors, reflection. */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", health = createHealth(), drainMs = 1_000 } = options;
  const calls = createOpenCalls();
  const server = createGrpcServer(routesOf({ ...options, health, calls }));
  const listener = await listen(server, host, options.port ?? 0);

  async function closeAll(): Promise<void> {
    health.set("server", false, "closing");
    await pause(0); // Health streams pass this on before they end.
    calls.giveUp("streams");
    const timer = setTimeout(() => calls.giveUp("all"), drainMs);
    await listener.close(drainMs + cutAfterMs);
    clearTimeout(timer);
  }

  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= closeAll();
    return closed;
  };
  return { port: listener.port, address: hostPort(host, listener.port), close };
}
