import type { HandlersOf, ServiceDefinition, ServiceTypes } from "@mesh/contracts";
import type { ConsumeContext, Consumer, ConsumerMiddleware, PublisherMiddleware } from "@mesh/events";
import type { DeclaredSchedule, Job, JobContext, Jobs, Schedules } from "@mesh/jobs";
import type { CallScope, PeerClients, PeerDefinitions, ServerMiddleware } from "@mesh/rpc";
import type { AddedBy, MiddlewareOption, Scope } from "@mesh/runtime";
import type { Changes } from "@mesh/store";
import type { z } from "zod";
import type { WithValues } from "./cached.ts";
import type { Database, Schema, Transaction } from "./database.ts";
import type { Task } from "./tasks.ts";

/** The context that handlers and tasks get beside the request. */
export interface ServiceContext<P extends PeerDefinitions, S extends Schema, E extends z.ZodRawShape>
  extends Scope,
    WithValues {
  readonly peers: PeerClients<P>;
  /**
   * The service's own database. Only there if the service has a `store`.
   *
   * When the deadline passes, or the signal aborts, the statement that runs is cancelled, none begins, and no transaction
   * commits. Statements and transactions then fail with the error of the call: DEADLINE_EXCEEDED or CANCELLED.
   */
  readonly db: Database<S>;
  readonly settings: z.output<z.ZodObject<E>>;
  /**
   * The payloads of a PostgreSQL channel as a loop, with undefined first and whenever some may have been missed: read
   * everything then, with `read`, which reads once for all calls that want the same. Ends with the call. Only there if the
   * service has a `store`.
   */
  changes(channel: string): Changes;
  /** The states and results of the service's jobs. Only there if it has jobs. */
  readonly jobs: Jobs;
  /** What is done later, and again and again. Only there if the service has jobs. */
  readonly schedules: Schedules;
}

/** The context of a handler of events: the event counts as handled if and only if `tx` commits. */
export type EventContext<P extends PeerDefinitions, S extends Schema, E extends z.ZodRawShape> = ConsumeContext<S> &
  Pick<ServiceContext<P, S, E>, "peers" | "settings"> & { readonly tx: Transaction<S> };

/** The context of a handler of jobs. */
export type JobHandlerContext<P extends PeerDefinitions, S extends Schema, E extends z.ZodRawShape> = JobContext<
  Transaction<S>
> &
  ServiceContext<P, S, E>;

/** A list of middleware that works with the context of a service. */
type MiddlewareList<P extends PeerDefinitions, S extends Schema, E extends z.ZodRawShape> = readonly ServerMiddleware<
  object,
  ServiceContext<P, S, E>
>[];

/** A middleware that works with the context of the service's events. */
type EventMiddleware<P extends PeerDefinitions, S extends Schema, E extends z.ZodRawShape> = ConsumerMiddleware<
  object,
  EventContext<P, S, E>
>;

/** The middleware of events. An array is appended to the default list; a function gets the default list and replaces it. */
export interface EventOptions<
  P extends PeerDefinitions,
  S extends Schema,
  E extends z.ZodRawShape,
  C extends readonly EventMiddleware<P, S, E>[],
> {
  /**
   * Runs around the handling of each event. What it adds to the context, the consumers' handlers get. Default:
   * `defaultConsumerMiddleware` and a step that adds `peers` and `settings`.
   */
  readonly consume?: MiddlewareOption<EventMiddleware<P, S, E>, C>;
  /** Runs around each `tx.publish`. Default: `defaultPublisherMiddleware`. */
  readonly publish?: MiddlewareOption<PublisherMiddleware>;
}

/** Options of a service. */
export interface ServiceOptions<
  P extends PeerDefinitions,
  S extends Schema,
  E extends z.ZodRawShape,
  M extends MiddlewareList<P, S, E> = readonly [],
  C extends readonly EventMiddleware<P, S, E>[] = readonly [],
> {
  /** The services it calls. They are found by MESH_PEERS, or in the registry of the mesh at NATS_URL. */
  readonly peers?: P;
  /**
   * Its own database, from DATABASE_URL (in a process of several services from a variable such as ORDERS_DATABASE_URL): the
   * Drizzle schema and the folder of SQL migrations, applied at the start. A schema with `inbox` and `outbox`, from
   * `@mesh/events/tables`, lets it publish events, to NATS_URL; consumers also need the other tables from there. One with
   * `schedules`, from `@mesh/jobs/tables`, lets it enqueue jobs. A schema with `keyedResults`, from `@mesh/store/tables`, commits
   * the response of a call with the header `idempotency-key` in one transaction with all that its handler does in the database.
   */
  readonly store?: { readonly schema: S; readonly migrations: URL };
  /** Its own settings: a zod schema for each environment variable. */
  readonly settings?: E;
  /** Runs around every handler, the first one outermost. What it adds to the context, handlers get. Default: none. */
  readonly middleware?: M;
  /** Handlers of events, from NATS_URL; they need a store with all tables from `@mesh/events/tables`. */
  readonly consumers?: readonly Consumer<EventContext<P, S, E> & AddedBy<C>>[];
  /** Handlers of jobs; they need a store with `schedules`. */
  readonly jobs?: readonly Job<JobHandlerContext<P, S, E>>[];
  /** Events that it publishes and jobs that it enqueues at a time, or again and again; they need a store with `schedules`. */
  readonly schedules?: readonly DeclaredSchedule[];
  /** Middleware of the events that it handles and publishes. */
  readonly events?: EventOptions<P, S, E, C>;
  /** What it does repeatedly. */
  readonly tasks?: readonly Task<ServiceContext<P, S, E>>[];
}

/** A service that can be started. */
export interface Service {
  readonly definition: ServiceDefinition;
  readonly options: ServiceOptions<
    PeerDefinitions,
    Schema,
    z.ZodRawShape,
    readonly ServerMiddleware[],
    readonly EventMiddleware<PeerDefinitions, Schema, z.ZodRawShape>[]
  >;
  readonly handlers: object;
}

/**
 * Describes a service: the contract it implements, what it needs, and one function per RPC. Starts nothing: `start`
 * does, and so does `openServices` in a test.
 *
 * @throws Error if it has consumers, or an outbox, but not all tables that events need
 *
 * @example
 * ```ts
 * import { PaymentError, PaymentService } from "@mesh/contracts/payments/v1";
 * import { service } from "@mesh/service";
 *
 * export const payments = service(PaymentService, {}, {
 *   async getPayment({ orderId }) {
 *     throw PaymentError.paymentNotFound({ orderId });
 *   },
 *   async refundPayment({ orderId }, { log }) {
 *     log.info({ orderId }, "nothing to refund");
 *     throw PaymentError.notRefundable({ orderId });
 *   },
 * });
 * ```
 */
export function service<
  T extends ServiceTypes,
  P extends PeerDefinitions = Record<never, never>,
  S extends Schema = Record<never, never>,
  E extends z.ZodRawShape = Record<never, never>,
  const M extends MiddlewareList<P, S, E> = readonly [],
  const C extends readonly EventMiddleware<P, S, E>[] = readonly [],
>(
  definition: ServiceDefinition<T>,
  options: ServiceOptions<P, S, E, M, C>,
  handlers: HandlersOf<T, ServiceContext<P, S, E> & CallScope & AddedBy<M>>,
): Service {
  checkTables(definition.name, options);
  // The process that opens it builds the context from these very options, so the types hold.
  return { definition, options, handlers } as unknown as Service;
}

/** Returns whether a service publishes and handles events. */
export function hasEvents({ options: { store } }: Pick<Service, "options">): boolean {
  return store !== undefined && "outbox" in store.schema;
}

/** Returns whether a service keeps the results of idempotency keys. */
export function hasKeyedResults({ options: { store } }: Pick<Service, "options">): boolean {
  return store !== undefined && "keyedResults" in store.schema;
}

/** Returns whether a service has jobs, or schedules. */
export function hasJobs({ options: { store } }: Pick<Service, "options">): boolean {
  return store !== undefined && "schedules" in store.schema;
}

interface NeedsTables {
  readonly store?: { readonly schema: Schema };
  readonly consumers?: unknown;
  readonly jobs?: unknown;
  readonly schedules?: unknown;
}

const publisherTables = ["inbox", "outbox"];
const consumerTables = ["consumerLeases", "consumerProcesses", "parkedEvents"];

function checkTables(name: string, { store, consumers, jobs, schedules }: NeedsTables): void {
  const schema = store?.schema ?? {};
  if ((jobs ?? schedules) !== undefined && !("schedules" in schema)) {
    throw new Error(`${name} has jobs or schedules: its store's schema must have schedules, from @mesh/jobs/tables`);
  }
  if (consumers === undefined && !("outbox" in schema)) return;
  const wanted = consumers === undefined ? publisherTables : [...publisherTables, ...consumerTables];
  const missing = wanted.filter((table) => !(table in schema));
  if (missing.length === 0) return;
  const tables = `its store's schema must have ${missing.join(", ")}, from @mesh/events/tables`;
  throw new Error(`${name} ${consumers === undefined ? "publishes" : "handles"} events: ${tables}`);
}
