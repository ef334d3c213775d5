import { setTimeout as pause } from "node:timers/promises";
import type { Bus } from "@mesh/events";
import {
  type ConnectionOptions,
  createEventSignatures,
  createTokens,
  type Discovery,
  type EventSignatures,
  LocalServices,
  openIdentity,
  type PolicySource,
  peersDiscovery,
  type RunningServer,
  type ServeOptions,
  serve,
} from "@mesh/rpc";
import { createHealth, type Health, type Lifecycle, type Logger } from "@mesh/runtime";
import { advertisedAddress } from "./advertise.ts";
import { eventsOperator } from "./events-operator.ts";
import { jobsOperator } from "./jobs-operator.ts";
import { RunningService } from "./running-service.ts";
import { hasEvents, hasJobs } from "./service.ts";
import type { ConfiguredService, ProcessConfig } from "./settings.ts";

/** Services that run. */
export interface OpenServices {
  readonly server: RunningServer;
  readonly health: Health;
}

/** Options of the calls to and from the services of a process. */
export interface TransportOptions extends Pick<ServeOptions, "middleware" | "credentials" | "tokens"> {
  /** Signs and verifies events. Default: by the certificate in MESH_TLS_DIR. */
  readonly signatures?: EventSignatures;
  /** The same for the connections to the services that they call. */
  readonly upstreams?: ConnectionOptions;
}

/** Options of a process of services. */
export interface OpenOptions extends TransportOptions {
  readonly life: Lifecycle;
  readonly log: Logger;
  /** The services of the process, if others than themselves call them in memory. Default: only they do. */
  readonly local?: LocalServices;
}

/**
 * Opens services in this process. They share the server, its health and the shutdown; each has its own database,
 * consumers and tasks. Their calls to each other stay in memory. The server listens first, so that its health can be asked for; calls are UNAVAILABLE until their
 * service is open. `start` does this with the settings of the environment.
 *
 * @example
 * ```ts
 * import { PaymentError, PaymentService } from "@mesh/contracts/payments/v1";
 * import { createLifecycle, createLogger } from "@mesh/runtime";
 * import { openServices, service } from "@mesh/service";
 *
 * const unknown = async ({ orderId }: { orderId: string }) => {
 *   throw PaymentError.paymentNotFound({ orderId });
 * };
 * const payments = service(PaymentService, {}, { getPayment: unknown, refundPayment: unknown });
 * const log = createLogger({ name: "payments" });
 * const life = createLifecycle({ log });
 * const config = { host: "127.0.0.1", port: 0, natsUrl: undefined, peers: {}, drainMs: 1_000 };
 * const { server } = await openServices([{ service: payments, settings: {} }], config, { life, log });
 * console.info(server.address);
 * await life.close();
 * ```
 */
export async function openServices(
  services: readonly ConfiguredService[],
  config: ProcessConfig,
  { life, log, middleware, upstreams, local = localServices(services), ...options }: OpenOptions,
): Promise<OpenServices> {
  const health = createHealth();
  health.set("process", false, "starting");
  const names = services.map(({ service }) => service.definition.name);
  const opened = config.tls && (await openIdentity(config.tls, { names, log, signal: life.signal }));
  const credentials = options.credentials ?? opened?.credentials;
  const ownTokens = opened?.identity && createTokens(opened.identity, config.issuers && { issuers: config.issuers });
  const tokens = options.tokens ?? ownTokens;
  const signatures = options.signatures ?? (opened?.identity && createEventSignatures(opened.identity));
  const { bus, registry, policy } = await openNats(names, config, { life, log });
  const discovery = peersDiscovery(config.peers, { registry, log });
  const forAll = {
    ...(opened?.credentials && { credentials: opened.credentials }),
    ...(tokens && { tokens }),
    ...(policy && { policy }),
  };
  const connection = { ...forAll, callers: names, ...upstreams };
  const running = services.map((configured) => {
    const name = services.length > 1 ? configured.service.definition.name : undefined;
    const own = { ...connection, local: { services: local, caller: configured.service.definition.name } };
    const shared = { config, bus, discovery, signatures, upstreams: own };
    return new RunningService(configured, { ...shared, ...ownParts(name, { life, log, health }) });
  });
  const jobsOf = (name: string) => running.find((service) => service.name === name)?.jobs;
  const eventsOf = (name: string) => running.find((service) => service.name === name)?.operatedEvents;
  const server = await serve({
    services: running.map(({ implementation }) => implementation),
    host: config.host,
    port: config.port,
    drainMs: config.drainMs,
    mux: config.mux ?? true,
    log,
    health,
    local,
    descriptorSet: async () => (await import("@mesh/contracts/descriptors")).descriptorSet,
    reflection: config.reflection ?? true,
    forOperators: [
      ...(services.some(({ service }) => hasJobs(service)) ? [jobsOperator(jobsOf)] : []),
      ...(services.some(({ service }) => hasEvents(service)) ? [eventsOperator(eventsOf)] : []),
    ],
    ...(config.operators && { operators: config.operators }),
    ...(middleware && { middleware }),
    ...(credentials && { credentials }),
    ...(tokens && { tokens }),
    ...(policy && { policy }),
  });
  try {
    await Promise.all(running.map((service) => service.open()));
  } catch (error) {
    await server.close();
    throw error;
  }
  life.onClose("server", async () => {
    // In parallel: a call that hangs takes no time from the handlers of events, and the reverse.
    await Promise.all([server.close(), ...running.map((service) => service.drain())]);
  });
  for (const service of running) service.startTasks();
  life.onClose("notice", () => giveNotice(health, config.noticeMs ?? 0));
  health.set("process", true);
  if (bus) {
    const address = advertisedAddress({ ...config, port: server.port });
    const { version } = config;
    const { register } = await import("@mesh/events");
    const registration = register({ bus, services: names, address, version, log, health });
    life.onClose("registration", registration.close);
  }
  return { server, health };
}

/** Returns what these services are called by in memory. They can't be called yet. */
export function localServices(services: readonly Pick<ConfiguredService, "service">[]): LocalServices {
  return new LocalServices(services.map(({ service }) => service.definition.name));
}

/** What the services of a process share of NATS. */
interface OpenNats {
  readonly bus?: Bus;
  readonly registry?: Discovery;
  readonly policy?: PolicySource;
}

/** Opens what the services of a process share of NATS, if they have one. Only then is its client loaded. */
async function openNats(
  names: readonly string[],
  { natsUrl: url, natsCreds: creds }: ProcessConfig,
  { life, log }: { readonly life: Lifecycle; readonly log: Logger },
): Promise<OpenNats> {
  if (!url) return {};
  const { connectBus, natsDiscovery, natsPolicy } = await import("@mesh/events");
  const bus = connectBus({ url, creds, name: names.join("+"), log });
  life.onClose("bus", () => bus.close());
  const registry = natsDiscovery({ bus, log });
  life.onClose("discovery", () => registry.close());
  const policy = natsPolicy({ bus, log });
  life.onClose("policy", () => policy.close());
  return { bus, registry, policy };
}

/** The parts of the process as one of several services has them: what it reports has its name. */
function ownParts(name: string | undefined, { life, log, health }: { life: Lifecycle; log: Logger; health: Health }) {
  if (!name) return { life, log, health };
  const onClose: Lifecycle["onClose"] = (part, close) => life.onClose(`${name} ${part}`, close);
  const set: Health["set"] = (part, ...state) => health.set(`${name} ${part}`, ...state);
  return { life: { ...life, onClose }, log: log.child({ service: name }), health: { ...health, set } };
}

/** Reports that the process is ending before its first part is closed, so that callers choose another process. */
async function giveNotice(health: Health, noticeMs: number): Promise<void> {
  health.set("process", false, "ending");
  await pause(noticeMs);
}
