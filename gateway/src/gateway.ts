import { setTimeout as pause } from "node:timers/promises";
import { createHealth, type Health, type Lifecycle, type Logger } from "@mesh/runtime";
import { anonymousCustomers, type Identify } from "./auth.ts";
import { buildRouter } from "./build.ts";
import { contexts } from "./context.ts";
import { createHandler } from "./http/handler.ts";
import { referencePages } from "./http/reference.ts";
import { listen } from "./http/server.ts";
import { trpcHandler } from "./http/trpc.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { connectAll } from "./peers.ts";
import { watchServices } from "./readiness.ts";
import { restHandler } from "./rest/handler.ts";
import { routesOf } from "./rest/routes.ts";
import { services } from "./router.ts";
import type { GatewaySettings } from "./settings.ts";
import { createStreams } from "./streams.ts";

/** A gateway that listens. */
export interface RunningGateway {
  readonly port: number;
  /** Ready once every service has been. */
  readonly health: Health;
}

/** What a gateway runs in, and what differs from the usual. */
export interface GatewayOptions {
  readonly life: Lifecycle;
  readonly log: Logger;
  /** Default: each browser is a customer of its own. */
  readonly identify?: Identify;
  readonly limits?: Partial<Limits>;
}

/** Opens the gateway in this process. The services need not be there yet. */
export async function openGateway(settings: GatewaySettings, options: GatewayOptions): Promise<RunningGateway> {
  const { life, log } = options;
  const { isProduction, origins, proxies } = settings;
  const limits = { ...defaultLimits, ...options.limits };
  const identify = options.identify ?? anonymousCustomers({ secret: settings.cookieSecret, secure: isProduction });
  const connections = connectAll(services, settings.peers, log);
  life.onClose("peers", connections.close);
  const health = createHealth();
  const stateNow = watchServices(connections.byName, health, life.signal);
  const streams = createStreams(limits);
  const contextOf = contexts({ bind: connections.bind, streams, proxies, limits, log });
  const trpc = trpcHandler({ router: buildRouter(), identify, contextOf, origins, limits, log });
  const { ignoreUnknown } = settings;
  const rest = restHandler({ routes: routesOf(services), identify, contextOf, origins, limits, ignoreUnknown, log });
  const handler = createHandler({ trpc, rest, health: stateNow, isProduction, pages: referencePages() });
  const server = await listen(handler, { host: settings.host, port: settings.port, limits });
  life.onClose("server", async () => {
    await pause(settings.noticeMs);
    streams.close();
    return server.close(settings.shutdownMs);
  });
  return { port: server.port, health };
}
