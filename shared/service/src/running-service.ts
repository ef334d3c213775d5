import { type HandlersOf, MeshError, type Principal, type ServiceTypes } from "@mesh/contracts";
import type { Bus, ConsumeContext, ConsumerMiddleware, Events, ReceivedEvent } from "@mesh/events";
import type { Job, JobContext, OpenJobs } from "@mesh/jobs";
import {
  type CallScope,
  type ConnectionOptions,
  connectUpstreams,
  type Discovery,
  type EventSignatures,
  type Implementation,
  implement,
  type PeerDefinitions,
  type ServerCall,
  type Upstreams,
} from "@mesh/rpc";
import {
  type Health,
  type Lifecycle,
  type Logger,
  middlewareList,
  type Next,
  openScope,
  type Scope,
  type TraceContext,
} from "@mesh/runtime";
import type { Store, StoreTransaction } from "@mesh/store";
import type { z } from "zod";
import { Values } from "./cached.ts";
import type { Database, Schema, Transaction } from "./database.ts";
import type { OperatedEvents } from "./events-operator.ts";
import { idempotencyKeyOf, keptCall } from "./kept-call.ts";
import { prepareOf } from "./prepare-store.ts";
import { hasEvents, hasJobs, hasKeyedResults, type Service, type ServiceContext } from "./service.ts";
import type { ConfiguredService, ProcessConfig } from "./settings.ts";
import { every, repeatTask, type Task } from "./tasks.ts";

/** The parts that the services of a process share. */
export interface SharedParts {
  readonly config: ProcessConfig;
  readonly life: Lifecycle;
  readonly log: Logger;
  readonly health: Health;
  /** The connection to NATS. Undefined: the process has none. */
  readonly bus: Bus | undefined;
  /** Finds the services that it calls. */
  readonly discovery: Discovery;
  /** Signs and verifies events. Undefined: the process has no certificate. */
  readonly signatures?: EventSignatures | undefined;
  /** Options of the connections to the services that it calls. */
  readonly upstreams?: ConnectionOptions | undefined;
}

type Context = ServiceContext<PeerDefinitions, Schema, Record<never, never>>;
type AddedContext = Omit<Context, keyof Scope>;
type AddedToEvents = Pick<ServiceContext<PeerDefinitions, Schema, z.ZodRawShape>, "peers" | "settings">;

/** The longest one run of a task may take, in milliseconds. */
const taskTimeoutMs = 30_000;

/** The longest wait for statements at the end, in milliseconds. Calls and handlers had their time before. */
const storeCloseMs = 1_000;

/** Deletes the results of idempotency keys after their time. */
const cleanKeyedResults = every("delete old keyed results", 10 * 60_000, async ({ db }: Context) => {
  const { deleteOldResults } = await import("@mesh/store");
  await deleteOldResults(db);
});

/** One service in its process: its upstreams, database, events and tasks. */
export class RunningService {
  /** Its methods, for a server. Calls are UNAVAILABLE until it is open. */
  readonly implementation: Implementation;
  /** The name of the service in the mesh. */
  readonly name: string;
  readonly #service: Service;
  readonly #configured: ConfiguredService;
  readonly #shared: SharedParts;
  readonly #upstreams: Upstreams;
  #store: Store<Schema> | undefined;
  #events: Events<Schema> | undefined;
  #jobs: OpenJobs | undefined;
  readonly #runningKeys = new Set<string>();
  readonly #values: Values;
  #isOpen = false;

  /** Connects to the services that it calls; none needs to run yet. */
  constructor(configured: ConfiguredService, shared: SharedParts) {
    const { definition, options } = configured.service;
    this.name = definition.name;
    this.#service = configured.service;
    this.#configured = configured;
    this.#shared = shared;
    this.#upstreams = connectUpstreams(options.peers ?? {}, shared.discovery, {
      log: shared.log,
      mux: shared.config.mux ?? true,
      ...shared.upstreams,
    });
    const { bus } = shared;
    this.#values = new Values({
      contextOf: (scope) => ({ ...scope, ...this.#addTo(scope) }),
      openShared:
        bus && (async () => (await import("@mesh/events")).openSharedValues(bus, definition.slug, shared.log)),
    });
    const endObservation = this.#values.observe(this.name);
    shared.life.onClose("peers", () => {
      endObservation();
      return this.#upstreams.close();
    });
    this.implementation = this.#implement();
  }

  /** Opens its database and its events, and waits until both can be used. */
  async open(): Promise<void> {
    await this.#openStore();
    if (this.#store) await this.#openEvents(this.#store);
    this.#isOpen = true;
    if (this.#store) await this.#openJobs(this.#store);
  }

  /** Undefined: it has none, or is not open yet. */
  get jobs(): OpenJobs | undefined {
    return this.#jobs;
  }

  /** Its events, for operators. Undefined: it has none, or is not open yet. */
  get operatedEvents(): OperatedEvents | undefined {
    return this.#events && { service: this.#service.definition, events: this.#events };
  }

  /** Receives no more events, takes no more jobs, and waits for those that are handled, for up to `drainMs`. */
  async drain(): Promise<void> {
    await Promise.all([this.#events?.drain(), this.#jobs?.drain()]);
  }

  /** Runs its tasks until the process ends. */
  startTasks(): void {
    const { life, log } = this.#shared;
    const principal: Principal = { kind: "service", id: this.name };
    const contextOf = (signal: AbortSignal, trace: TraceContext | undefined): Context => {
      const scope = openScope({ signal, timeoutMs: taskTimeoutMs, log, principal, trace });
      return { ...scope, ...this.#addTo(scope) };
    };
    const own = this.#store && hasKeyedResults(this.#service) ? [cleanKeyedResults] : [];
    const running = [...own, ...(this.#service.options.tasks ?? [])].map((task: Task<Context>) => {
      return repeatTask(task, contextOf, { signal: life.signal, timeoutMs: taskTimeoutMs, log });
    });
    life.onClose("tasks", async () => void (await Promise.all(running)));
  }

  #implement(): Implementation {
    const { definition, options, handlers } = this.#service;
    // The handlers and the middleware were checked against this context by `service`.
    const checked = handlers as HandlersOf<ServiceTypes, CallScope>;
    const provideContext = (call: ServerCall, next: (added: AddedContext) => Promise<unknown>) => {
      const added = this.#addTo(call.context);
      const key = this.#store && hasKeyedResults(this.#service) ? idempotencyKeyOf(call) : undefined;
      if (key === undefined || !this.#store) return next(added);
      const kept = { call, key, store: this.#store, db: added.db, running: this.#runningKeys };
      return keptCall(kept, (db) => next({ ...added, db }));
    };
    return implement(definition, checked, { middleware: [provideContext, ...(options.middleware ?? [])] });
  }

  async #openStore(): Promise<void> {
    const { life, log, health } = this.#shared;
    const { store } = this.#service.options;
    const url = this.#configured.databaseUrl;
    if (!store || !url) return;
    const { openStore } = await import("@mesh/store");
    const prepare = await prepareOf(this.#service);
    const options = { prepare, name: this.name, log, health, signal: life.signal, closeTimeoutMs: storeCloseMs };
    this.#store = await openStore({ ...store, ...options, url });
    life.onClose("store", this.#store.close);
  }

  async #openEvents(store: Store<Schema>): Promise<void> {
    const { life, log, health, config, bus } = this.#shared;
    if (!hasEvents(this.#service) || !bus) return;
    const { consumers = [], events: { publish } = {} } = this.#service.options;
    const { defaultConsumerMiddleware, openEvents } = await import("@mesh/events");
    this.#events = openEvents({
      bus,
      store,
      service: this.#service.definition.slug,
      consumers,
      ...(config.streams && { streams: config.streams }),
      consumerMiddleware: () => this.#consumerMiddleware(defaultConsumerMiddleware),
      ...(publish && { publisherMiddleware: publish }),
      ...(this.#shared.signatures && { signatures: this.#shared.signatures }),
      log,
      health,
      drainMs: config.drainMs,
    });
    life.onClose("events", this.#events.close);
  }

  async #openJobs(store: Store<Schema>): Promise<void> {
    const { life, log, config } = this.#shared;
    if (!hasJobs(this.#service)) return;
    const { openJobs } = await import("@mesh/jobs");
    this.#jobs = await openJobs<Transaction<Schema>>({
      store,
      service: this.#service.definition.slug,
      // `contextOf` adds what their context has.
      jobs: (this.#service.options.jobs ?? []) as unknown as readonly Job<JobContext<Transaction<Schema>>>[],
      schedules: this.#service.options.schedules ?? [],
      transact: (scope, work) => this.#databaseFor(scope, store).transaction(work),
      contextOf: (scope) => this.#addTo(scope),
      log,
      drainMs: config.drainMs,
    });
    life.onClose("jobs", this.#jobs.close);
  }

  /** Returns the list of the service, whose defaults add `peers` and `settings` to the context too. */
  #consumerMiddleware(defaults: readonly ConsumerMiddleware[]) {
    const enqueued = new WeakMap<object, () => void>();
    const provideContext = (call: ReceivedEvent, next: Next<AddedToEvents>) => {
      const { tx } = call.context as { readonly tx?: StoreTransaction<Schema> };
      const added = tx && this.#jobs?.extend(tx, call.context);
      if (added) enqueued.set(call, added.committed);
      return next({ peers: this.#upstreams.bind(call.context), settings: this.#configured.settings });
    };
    const startJobs: ConsumerMiddleware = async (call, next) => {
      const result = await next();
      enqueued.get(call)?.();
      return result;
    };
    const list = middlewareList(this.#service.options.events?.consume, [startJobs, ...defaults, provideContext]);
    // `provideContext` adds what the other steps and the handlers need of the context.
    return list as readonly ConsumerMiddleware<AddedToEvents, ConsumeContext<Schema>>[];
  }

  /** Returns what the service adds to the scope of a call or a run. @throws MeshError UNAVAILABLE if it is not open yet */
  #addTo(scope: Scope): AddedContext {
    if (!this.#isOpen) {
      throw new MeshError({ code: "UNAVAILABLE", message: `${this.name} is starting`, retryAfterMs: 500 });
    }
    const store = this.#store;
    const added = {
      peers: this.#upstreams.bind(scope),
      db: store && this.#databaseFor(scope, store),
      jobs: this.#jobs?.bind(scope),
      schedules: this.#jobs?.schedules,
      settings: this.#configured.settings,
      values: this.#values,
      changes: (channel: string) => store?.changes(channel, scope.signal),
    };
    // `db`, `changes`, `jobs` and `schedules` are absent only if the service has no store or no jobs, as their docstrings say.
    return added as AddedContext;
  }

  /** Returns Drizzle for the statements of a scope, whose transactions can publish and enqueue on its behalf. */
  #databaseFor(scope: Scope, store: Store<Schema>): Database<Schema> {
    const [events, jobs] = [this.#events, this.#jobs];
    const db = store.bind(scope) as Database<Schema>;
    const plain = db.transaction.bind(db);
    const transact: typeof plain = events ? (work) => events.transaction(scope, work) : plain;
    if (events) db.transaction = transact;
    if (!jobs) return db;
    db.transaction = async (work) => {
      let committed = () => {};
      const result = await transact((tx) => {
        const added = jobs.extend(tx, scope);
        committed = added.committed;
        return work(added.tx);
      });
      committed();
      return result;
    };
    return db;
  }
}
