import { type Code, MeshError } from "@mesh/contracts";
import { DrizzleQueryError } from "drizzle-orm";
import pg from "pg";

/** An error of PostgreSQL. Contains no values of the statement or the row, so it may be logged. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** A code from https://www.postgresql.org/docs/current/errcodes-appendix.html. Empty if PostgreSQL was not reached. */
  readonly sqlState: string;
  readonly table: string | undefined;
  readonly constraint: string | undefined;
  /** The text of the statement, with placeholders. */
  readonly statement: string | undefined;

  constructor(error: unknown, statement: string | undefined) {
    super(error instanceof Error ? error.message || codeOf(error) : String(error));
    const rejection = error instanceof pg.DatabaseError ? error : undefined;
    this.sqlState = rejection?.code ?? "";
    this.table = rejection?.table;
    this.constraint = rejection?.constraint;
    this.statement = statement;
  }
}

interface Meaning {
  readonly code: Code;
  readonly message: string;
  readonly retryAfterMs?: number;
}

const unreachable = { code: "UNAVAILABLE", message: "the database can't be reached", retryAfterMs: 500 } as const;
const full = { ...unreachable, message: "the database has no resources left" } as const;
const outdated = { ...unreachable, message: "the tables of the database were changed", retryAfterMs: 50 } as const;
const busy = { code: "RESOURCE_EXHAUSTED", message: "the database is busy", retryAfterMs: 500 } as const;
const conflict = { code: "ABORTED", message: "a concurrent change conflicts with this one", retryAfterMs: 50 } as const;

const bySqlState: Readonly<Record<string, Meaning>> = {
  "22021": { code: "INVALID_ARGUMENT", message: "a text contains U+0000, which the database cannot store" },
  "25006": unreachable, // read-only: a replica, or a server that became one
  "40001": conflict,
  "40P01": conflict,
  "53300": unreachable,
  "55P03": { code: "ABORTED", message: "the record is locked by another transaction", retryAfterMs: 50 },
  "57014": { code: "DEADLINE_EXCEEDED", message: "the database took too long" },
  "57P01": unreachable,
  "57P02": unreachable,
  "57P03": unreachable,
  "57P05": unreachable,
};

/** By the first two characters: connections, resources such as disk and memory, and failures of the system. */
const byClass: Readonly<Record<string, Meaning>> = { "08": unreachable, "53": full, "58": unreachable };

/** The messages if no connection of the pool became free. */
export const waitTimeout = /^(timeout exceeded when trying to connect|too many requests wait)/;

/** Errors without a code, by their messages in `pg` 8.23 and `pg-pool` 3.14. */
const byMessage: readonly (readonly [RegExp, Meaning])[] = [
  [waitTimeout, busy],
  // PostgreSQL itself ends a statement earlier, so it does not respond.
  [/^(Query read timeout|PostgreSQL does not respond)/, unreachable],
  [/^(Connection terminated|timeout expired|Client (has encountered|was closed)|Cannot use a pool)/, unreachable],
];

const networkCodes = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ENOENT)/;

/** Translates an error of the driver: to a MeshError if callers can act on it, else to a StoreError. */
export function storeFailure(error: unknown): unknown {
  if (error instanceof StoreError) return error;
  const isQuery = error instanceof DrizzleQueryError;
  const cause = isQuery ? error.cause : error;
  // The error of a call that has ended.
  if (cause instanceof MeshError) return cause;
  const meaning = meaningOf(cause);
  if (!meaning && !(cause instanceof pg.DatabaseError)) return cause;
  const failure = new StoreError(cause, isQuery ? error.query : undefined);
  return meaning ? new MeshError({ ...meaning, cause: failure }) : failure;
}

/** Throws the translation of an error of the driver. */
export function throwStoreFailure(error: unknown): never {
  throw storeFailure(error);
}

function meaningOf(error: unknown): Meaning | undefined {
  if (error instanceof pg.DatabaseError) {
    const state = error.code ?? "";
    // The table was changed after the connection had prepared the statement: another connection has not.
    if (error.routine === "RevalidateCachedQuery") return outdated;
    return bySqlState[state] ?? byClass[state.slice(0, 2)];
  }
  if (!(error instanceof Error)) return undefined;
  if (networkCodes.test(codeOf(error))) return unreachable;
  return byMessage.find(([message]) => message.test(error.message))?.[1];
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}

/**
 * Reports whether an error means that this process could not reach its database, or that the database had no resources
 * left. Then the work itself may be fine, and can be retried. Returns false for the database of an upstream, because its
 * errors arrive without their cause.
 *
 * @example
 * ```ts
 * import { isStoreUnavailable } from "@mesh/store";
 *
 * isStoreUnavailable(new Error("no connection to the printer")); // false
 * ```
 */
export function isStoreUnavailable(error: unknown): boolean {
  if (!(error instanceof MeshError && error.cause instanceof StoreError)) return false;
  return error.code === "UNAVAILABLE" || error.code === "RESOURCE_EXHAUSTED";
}

/** Reports whether PostgreSQL cancelled a statement: it took too long, or it was asked to. */
export function isCancelled(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "57014";
}

/** Reports whether a statement was not run, because one before it in its transaction failed. */
export function isAborted(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code === "25P02";
}

/** Reports whether an error means that the server takes no changes: it is a replica, maybe only since a failover. */
export function isReadOnly(error: unknown): boolean {
  const failure = storeFailure(error);
  return failure instanceof MeshError && failure.cause instanceof StoreError && failure.cause.sqlState === "25006";
}

/**
 * Reports whether an error means that a row exists already.
 *
 * @param constraint the name of a constraint or unique index. Default: any.
 *
 * @example
 * ```ts
 * import { isUniqueViolation } from "@mesh/store";
 *
 * async function addOnce(insert: () => Promise<void>): Promise<void> {
 *   await insert().catch((error: unknown) => {
 *     if (!isUniqueViolation(error, "orders_pkey")) throw error;
 *   });
 * }
 * await addOnce(async () => {});
 * ```
 */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!(error instanceof StoreError) || error.sqlState !== "23505") return false;
  return constraint === undefined || error.constraint === constraint;
}
