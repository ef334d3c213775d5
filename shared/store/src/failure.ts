import { type Code, MeshError } from "@mesh/contracts";
import { DrizzleQueryError } from "drizzle-orm";
import pg from "pg";

/** What PostgreSQL says of a statement it refused. Holds no values of the statement or its row: it may be logged. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** https://www.postgresql.org/docs/current/errcodes-appendix.html; empty: PostgreSQL was not reached. */
  readonly sqlState: string;
  readonly table: string | undefined;
  readonly constraint: string | undefined;
  /** The text of the statement, with placeholders. */
  readonly statement: string | undefined;

  constructor(error: unknown, statement: string | undefined) {
    super(error instanceof Error ? error.message || codeOf(error) : String(error));
    const refusal = error instanceof pg.DatabaseError ? error : undefined;
    this.sqlState = refusal?.code ?? "";
    this.table = refusal?.table;
    this.constraint = refusal?.constraint;
    this.statement = statement;
  }
}

interface Meaning {
  readonly code: Code;
  readonly message: string;
  readonly retryAfterMs?: number;
}

const unreachable = { code: "UNAVAILABLE", message: "the database can't be reached", retryAfterMs: 500 } as const;
const exhausted = { code: "RESOURCE_EXHAUSTED", message: "the database is busy" } as const;
const conflict = { code: "ABORTED", message: "another change came in between", retryAfterMs: 50 } as const;

const bySqlState: Readonly<Record<string, Meaning>> = {
  "22021": { code: "INVALID_ARGUMENT", message: "a text holds a character that can't be stored" }, // U+0000
  "25006": unreachable, // read-only: a replica that has not been promoted yet
  "40001": conflict,
  "40P01": conflict,
  "53300": unreachable,
  "55P03": { code: "ABORTED", message: "the record is being changed by somebody else", retryAfterMs: 50 },
  "57014": { code: "DEADLINE_EXCEEDED", message: "the database took too long" },
  "57P01": unreachable,
  "57P02": unreachable,
  "57P03": unreachable,
  "57P05": unreachable,
};

/** Connections, and resources such as disk and memory. */
const byClass: Readonly<Record<string, Meaning>> = { "08": unreachable, "53": exhausted };

/** `pg` has no codes of its own for these; messages from `pg` 8.23 and `pg-pool` 3.14. */
const byMessage: readonly (readonly [RegExp, Meaning])[] = [
  [/^(timeout exceeded when trying to connect|too many are waiting)/, exhausted],
  [/^Query read timeout/, { code: "DEADLINE_EXCEEDED", message: "the database took too long" }],
  [/^(Connection terminated|timeout expired|Client (has encountered|was closed)|Cannot use a pool)/, unreachable],
];

const networkCodes = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET|ENOENT)/;

/** The error to throw for one from the driver: a MeshError where callers can act on it, else a StoreError. */
export function storeFailure(error: unknown): unknown {
  if (error instanceof MeshError || error instanceof StoreError) return error;
  const isQuery = error instanceof DrizzleQueryError;
  const cause = isQuery ? error.cause : error;
  const meaning = meaningOf(cause);
  if (!meaning && !(cause instanceof pg.DatabaseError)) return cause;
  const failure = new StoreError(cause, isQuery ? error.query : undefined);
  return meaning ? new MeshError({ ...meaning, cause: failure }) : failure;
}

function meaningOf(error: unknown): Meaning | undefined {
  if (error instanceof pg.DatabaseError) {
    const state = error.code ?? "";
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
 * Whether our own database could not be reached, or had no resources left, which says nothing of the work itself. A
 * peer's database is not meant: its errors come without their cause.
 */
export function isStoreUnavailable(error: unknown): boolean {
  if (!(error instanceof MeshError && error.cause instanceof StoreError)) return false;
  return error.code === "UNAVAILABLE" || error.code === "RESOURCE_EXHAUSTED";
}

/** Whether a row is there already. @param constraint only this constraint or unique index */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (!(error instanceof StoreError) || error.sqlState !== "23505") return false;
  return constraint === undefined || error.constraint === constraint;
}
