import { randomUUID } from "node:crypto";
import type {
  ClientOf,
  EventDefinition,
  JobDefinition,
  Principal,
  ServiceDefinition,
  ServiceTypes,
} from "@mesh/contracts";
import { connect, type Implementation, serve, type Upstream } from "@mesh/rpc";
import { createLifecycle, createLogger, type Health, openScope, type Scope } from "@mesh/runtime";
import { openServices, type Service } from "@mesh/service";
import { connect as connectNats, headers as createHeaders } from "nats";
import { Client } from "pg";
import { vi } from "vitest";
import { testDatabase } from "./database.ts";
import { testSignatures, testTokens } from "./identity.ts";
import { testNats } from "./nats.ts";
import { runJob } from "./run-job.ts";
import { storeInStream } from "./store-in-stream.ts";

export { implement } from "@mesh/rpc";
export { absentHandlers, fake } from "./fake.ts";
export { testIdentity, testSignatures, testTokens } from "./identity.ts";

/** A service that runs in the process of a test, with its own database and NATS. */
export interface TestService<T extends ServiceTypes> extends AsyncDisposable {
  /** `host:port` of its gRPC server. */
  readonly address: string;
  /** A client whose calls have no principal. */
  readonly client: ClientOf<T>;
  readonly upstream: Upstream<T>;
  readonly health: Health;
  /** The entries of its log. */
  readonly logged: Record<string, unknown>[];
  /** Returns a client whose calls have a customer as principal. */
  as(customerId: string): ClientOf<T>;
  /** Runs a statement on its database, and returns the rows. */
  query<R>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  /** Returns the events of one type that it published so far, in order. */
  published<E, I>(event: EventDefinition<E, I>): Promise<E[]>;
  /** Sends an event to it, signed by the service that owns it, once it receives such events. @param messageId the same id marks a duplicate of an event */
  send<E, I>(event: EventDefinition<E, I>, input: I, messageId?: string): Promise<void>;
  /** Has it do one of its jobs, and returns the result. @throws Error with the code and the text of its failure */
  runJob<T, I, R, O>(job: JobDefinition<T, I, R, O>, payload: I): Promise<R>;
  /** Closes the service, but not its servers. */
  close(): Promise<void>;
}

/** Settings of a service under test. */
export interface TestServiceOptions {
  /** Fakes of the services that it calls. */
  readonly peers?: readonly Implementation[];
  /** Its own settings. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** The deadline of each call, in milliseconds. */
const callTimeoutMs = 15_000;

/** Opens a service and waits until it is ready and receives events. */
export async function openTestService<T extends ServiceTypes>(
  definition: ServiceDefinition<T>,
  service: Service,
  { peers = [], settings = {} }: TestServiceOptions = {},
): Promise<TestService<T>> {
  const { log, logged } = recordedLog();
  const [database, nats] = await Promise.all([testDatabase(), testNats()]);
  const fakes = await Promise.all(
    peers.map(async (peer) => {
      return serve({ services: [peer], log, drainMs: 0, tokens: await testTokens(peer.definition.name) });
    }),
  );
  const addresses = peers.map(({ definition: of }, at) => [of.name, fakes[at]?.address ?? ""] as const);
  const life = createLifecycle({ log });
  const servers = { host: "127.0.0.1", port: 0, natsUrl: nats.url };
  const config = { ...servers, peers: Object.fromEntries(addresses), drainMs: 1_000 };
  const configured = { service, databaseUrl: database.url, settings };
  const tokens = await testTokens(service.definition.name);
  const signatures = await testSignatures(service.definition.name);
  const { server, health } = await openServices([configured], config, { life, log, tokens, signatures });
  const upstream = connect(definition, { address: server.address, tokens: await testTokens("gateway") });
  const db = new Client({ connectionString: database.url, options: "-c TimeZone=UTC" });
  await db.connect();
  await vi.waitFor(() => ready(health), 10_000);

  const query = async <R>(sql: string, values: readonly unknown[] = []) =>
    (await db.query(sql, [...values])).rows as R[];
  return {
    address: server.address,
    client: upstream.client,
    upstream,
    health,
    logged,
    as: (id) => upstream.bind(scopeOf({ kind: "customer", id })),
    query,
    async published({ subject, decode }) {
      const sql = "select payload from outbox where subject = $1 order by position";
      return (await query<{ payload: Buffer }>(sql, [subject])).map(({ payload }) => decode(payload));
    },
    send: (event, input, messageId) => sendEvent(nats.url, event, input, messageId),
    runJob: (job, payload) => runJob(db, job, payload),
    close: life.close,
    async [Symbol.asyncDispose]() {
      await upstream.close();
      await life.close();
      await Promise.all(fakes.map((fake) => fake.close()));
      await db.end();
      await nats[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Opens a scope, like that of a handler. */
export function scopeOf(principal?: Principal): Scope {
  const log = createLogger({ name: "test", level: "silent", pretty: false });
  return openScope({ signal: AbortSignal.timeout(callTimeoutMs), timeoutMs: callTimeoutMs, log, principal });
}

/** Creates a logger that records its entries. */
export function recordedLog() {
  const logged: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void logged.push(JSON.parse(line)) };
  return { log: createLogger({ name: "test", level: "debug", destination }), logged };
}

async function sendEvent<E, I>(
  url: string,
  { schema, encode, subject, service }: EventDefinition<E, I>,
  input: I,
  msgID: string = randomUUID(),
): Promise<void> {
  const nats = await connectNats({ servers: url });
  try {
    const payload = encode(schema.parse(input));
    const headers = createHeaders();
    const signatures = await testSignatures(service);
    headers.set("mesh-signature", await signatures.sign({ id: msgID, subject, service, payload }, undefined));
    await storeInStream(nats, subject, payload, { msgID, headers });
  } finally {
    await nats.close();
  }
}

function ready(health: Health): void {
  const missing = { ...health.reasons(), ...health.warnings() };
  if (Object.keys(missing).length > 0) throw new Error(`not ready: ${JSON.stringify(missing)}`);
}
