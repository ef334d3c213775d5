import { setTimeout as pause } from "node:timers/promises";
import { type HandlersOf, MeshError, type Principal, peerName, type ServiceTypes } from "@mesh/contracts";
import { descriptorSet } from "@mesh/contracts/descriptors";
import { type ConsumeContext, type Consumer, connectBus, type Events, extendContext, openEvents } from "@mesh/events";
import { type Implementation, implement, type RunningServer, serve } from "@mesh/rpc";
import { createHealth, type Health, type Lifecycle, type Logger, openScope, type Scope } from "@mesh/runtime";
import { openStore, type Store } from "@mesh/store";
import type { z } from "zod";
import type { Database, Schema } from "./database.ts";
import { connectPeers, type Peers } from "./peers.ts";
import { type EventContext, hasEvents, type PeerDefinitions, type Service, type ServiceContext } from "./service.ts";
import type { ServiceConfig } from "./settings.ts";
import { repeat, type Task } from "./tasks.ts";

/** A service that runs. */
export interface OpenService {
  readonly server: RunningServer;
  readonly health: Health;
}

type Context = ServiceContext<PeerDefinitions, Schema, Record<never, never>>;
type Parts = Awaited<ReturnType<typeof openParts>>;

/** The longest one run of a task may take, in milliseconds. */
const taskTimeoutMs = 30_000;

/**
 * Opens a service in this process: its peers, its server, its database, its events, its tasks. The server is there
 * first, so that its health can be asked for; calls are answered UNAVAILABLE until the rest is there.
 */
export async function openService(
  service: Service,
  config: ServiceConfig,
  { life, log }: { life: Lifecycle; log: Logger },
): Promise<OpenService> {
  const health = createHealth();
  health.set("process", false, "starting");
  const peers = connectPeers(service.options.peers ?? {}, config.peers, log);
  life.onClose("peers", peers.close);
  let parts: Parts | undefined;
  const contextOf = (scope: Scope): Context => contextFor(scope, peers, parts ?? refuse(service), config);
  const services = [implementationOf(service, contextOf)];
  const { host, port, drainMs } = config;
  const server = await serve({ services, host, port, log, health, descriptorSet, drainMs });
  try {
    parts = await openParts(service, config, peers, { life, log, health });
  } catch (error) {
    await server.close();
    throw error;
  }
  life.onClose("server", server.close);
  startTasks(service, contextOf, { life, log });
  life.onClose("notice", () => giveNotice(health, config.noticeMs ?? 0));
  health.set("process", true);
  return { server, health };
}

/** Before the first of its parts is closed: who can choose another process does so. */
async function giveNotice(health: Health, noticeMs: number): Promise<void> {
  health.set("process", false, "ending");
  await pause(noticeMs);
}

function refuse({ definition }: Service): never {
  throw new MeshError({ code: "UNAVAILABLE", message: `${peerName(definition)} is starting`, retryAfterMs: 500 });
}

async function openParts(
  service: Service,
  config: ServiceConfig,
  peers: Peers,
  { life, log, health }: { life: Lifecycle; log: Logger; health: Health },
) {
  const { definition, options } = service;
  const name = peerName(definition);
  if (!options.store || !config.databaseUrl) return {};
  const store = await openStore({ ...options.store, url: config.databaseUrl, name, log, health, signal: life.signal });
  life.onClose("store", store.close);
  if (!hasEvents(service) || !config.natsUrl) return { store };
  const bus = connectBus({ url: config.natsUrl, name, log });
  life.onClose("bus", bus.close);
  const consumers = (options.consumers ?? []).map((consumer) => withPeers(consumer, peers, config));
  const events = openEvents({ bus, store, service: name, consumers, log, health, drainMs: config.drainMs });
  life.onClose("events", events.close);
  return { store, events };
}

/** Gives the handlers of events peers and settings too. */
function withPeers(
  consumer: Consumer<EventContext<PeerDefinitions, Schema, z.ZodRawShape>>,
  peers: Peers,
  { own: settings }: ServiceConfig,
): Consumer<ConsumeContext<Schema>> {
  return extendContext(consumer, (context) => ({ ...context, peers: peers.bind(context), settings }));
}

function contextFor(scope: Scope, peers: Peers, { store, events }: Parts, config: ServiceConfig): Context {
  const context = {
    ...scope,
    peers: peers.bind(scope),
    db: store && databaseFor(scope, store, events),
    settings: config.own,
    changes: (channel: string) => store?.changes(channel, scope.signal),
  };
  // `db` and `changes` are absent only where the service has no store, as their docstrings say.
  return context as unknown as Context;
}

/** Drizzle whose transactions can publish, in the name of the scope. */
function databaseFor(scope: Scope, store: Store<Schema>, events: Events<Schema> | undefined): Database<Schema> {
  const db = Object.create(store.db) as Database<Schema>;
  if (events) db.transaction = (work) => events.transaction(scope, work);
  return db;
}

function implementationOf({ definition, handlers }: Service, contextOf: (scope: Scope) => Context): Implementation {
  const bound = Object.entries(handlers).map(([name, handler]) => {
    return [name, (request: unknown, scope: Scope) => handler(request, contextOf(scope))] as const;
  });
  // The handlers were checked against the definition by `service`; here only their context changes.
  return implement(definition, Object.fromEntries(bound) as HandlersOf<ServiceTypes, Scope>);
}

function startTasks(
  { definition, options }: Service,
  contextOf: (scope: Scope) => Context,
  { life, log }: { life: Lifecycle; log: Logger },
): void {
  const principal: Principal = { kind: "service", id: peerName(definition) };
  const timeoutMs = taskTimeoutMs;
  const contextOfRun = (signal: AbortSignal) => contextOf(openScope({ signal, timeoutMs, log, principal }));
  const running = (options.tasks ?? []).map((task: Task<Context>) => {
    return repeat(task, contextOfRun, { signal: life.signal, timeoutMs, log });
  });
  life.onClose("tasks", async () => void (await Promise.all(running)));
}
