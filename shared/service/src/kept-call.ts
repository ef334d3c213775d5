import { formatPrincipal, type MethodDefinition } from "@mesh/contracts";
import type { ServerCall } from "@mesh/rpc";
import type { Store } from "@mesh/store";
import type { Database, Schema, Transaction } from "./database.ts";

/** The header by which a repeated call is recognized. */
const keyHeader = "idempotency-key";

/** The trailer that says what the key did: `stored`, `replayed`, `conflict` or `running`. */
const statusTrailer = "idempotency-status";

/** Returns the idempotency key of a call that may change something; undefined: it has none. */
export function idempotencyKeyOf(call: Pick<ServerCall, "method" | "header">): string | undefined {
  return takesKey(call.method) ? call.header(keyHeader) || undefined : undefined;
}

function takesKey({ kind, idempotency }: MethodDefinition): boolean {
  return kind === "unary" && idempotency !== "no_side_effects";
}

/** A call with an idempotency key, and the database of its service. */
export interface CallToKeep {
  readonly call: ServerCall;
  readonly key: string;
  readonly store: Store<Schema>;
  readonly db: Database<Schema>;
  /** The ids of the calls with a key that run in this process: others with the same key take no connection. */
  readonly running: Set<string>;
}

/**
 * Runs a call in a transaction that also stores its response. Returns the stored response if the call is repeated: the same key,
 * for the same principal and method.
 *
 * @param run runs the handler with the database within the transaction
 * @throws KeyedCallError if the key was used for another request, or a call with it is running
 */
export async function keptCall(
  { call, key, store, db, running }: CallToKeep,
  run: (db: Database<Schema>) => Promise<unknown>,
): Promise<unknown> {
  const { KeyedCallError, keyedHash, runKeyed } = await import("@mesh/store");
  const { method } = call;
  const requestHash = keyedHash(method.input.encode(await call.request()));
  const id = keyedHash(JSON.stringify([ownerOf(call), method.path, key]));
  const isFirst = !running.has(id);
  try {
    if (!isFirst) throw new KeyedCallError("running");
    running.add(id);
    const { status, response } = await db.transaction((tx) =>
      runKeyed(tx, { id, requestHash }, async () => method.output.encode(await run(databaseWithin(store, tx)))),
    );
    call.setTrailer(statusTrailer, status);
    return method.output.decode(response);
  } catch (error) {
    if (error instanceof KeyedCallError) call.setTrailer(statusTrailer, error.status);
    throw error;
  } finally {
    if (isFirst) running.delete(id);
  }
}

/** A call without a principal is made by a process on its own account. */
function ownerOf({ context: { principal }, caller = "" }: ServerCall): string {
  return principal ? formatPrincipal(principal) : `process:${caller}`;
}

/** What the mesh adds to transactions. */
const addedNames = ["publish", "enqueue", "schedule", "unschedule"];

/** Drizzle for the statements of a handler within a transaction. Transactions in it can publish and enqueue, as that one can. */
function databaseWithin(store: Store<Schema>, tx: Transaction<Schema>): Database<Schema> {
  const db = store.within(tx);
  const transaction = db.transaction.bind(db);
  const added = Object.fromEntries(
    addedNames.filter((name) => name in tx).map((name) => [name, Reflect.get(tx, name)]),
  );
  const within: Database<Schema>["transaction"] = (work) => transaction((inner) => work(Object.assign(inner, added)));
  return Object.assign(db, { transaction: within });
}
