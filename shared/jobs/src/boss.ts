import type { Schema, Store, StoreOptions, StoreTransaction } from "@mesh/store";
import { runStatement } from "@mesh/store/run-statement";
import PgBoss from "pg-boss";

/** The schema of the database in which the library keeps its tables. */
export const jobsSchema = "pgboss";

const weekSeconds = 7 * 24 * 60 * 60;

/** Makes what the library keeps in the database, after the migrations of a store. */
export type Prepare = NonNullable<StoreOptions<Schema>["prepare"]>;

/** What runs the SQL of the library. */
type Db = PgBoss.Db;

/** Jobs wait as long as they have to: the library drops them after two weeks otherwise. */
export const keepDays = 3_650;

/**
 * Returns the step that creates or migrates the tables of the library, and the queues of jobs. It runs after the service's own
 * migrations, in one process at a time.
 *
 * @param queues the full names of the jobs
 *
 * @example
 * ```ts no-run
 * import { prepareJobs } from "@mesh/jobs";
 * import { createLogger } from "@mesh/runtime";
 * import { openStore } from "@mesh/store";
 *
 * const url = "postgres://mailer@127.0.0.1/mailer";
 * const migrations = new URL("./migrations", import.meta.url);
 * const log = createLogger({ name: "mailer" });
 * await openStore({ url, schema: {}, migrations, log, prepare: prepareJobs(["mailer.v1.SendMail"]) });
 * ```
 */
export function prepareJobs(queues: readonly string[]): Prepare {
  return async (run) => {
    const db: Db = { executeSql: async (text, values) => ({ rows: [...((await run(text, values)).rows ?? [])] }) };
    const boss = new PgBoss({ db, supervise: false, schedule: false });
    await boss.start();
    // Of several waiting jobs with one key, only the first is kept. A job without a key has one of its own.
    for (const name of queues) await boss.createQueue(name, { name, policy: "short" });
    await boss.stop({ graceful: false, close: false });
  };
}

/** Creates the library over the connections of a store. `prepareJobs` has made its tables. */
export function createBoss<S extends Schema>(store: Store<S>): PgBoss {
  return new PgBoss({
    db: executorOf(store),
    migrate: false,
    schedule: false,
    // It would count the end of a process as an attempt.
    supervise: false,
    // Results are also read from the archive. Failed jobs stay, so that they can be tried again.
    archiveCompletedAfterSeconds: 600,
    archiveFailedAfterSeconds: weekSeconds,
    deleteAfterSeconds: weekSeconds,
  });
}

/** Archives the jobs that have ended, and deletes old ones. */
export async function removeOld(boss: PgBoss): Promise<void> {
  await boss.archive();
  // Its types lack it.
  await (boss as PgBoss & { drop(): Promise<void> }).drop();
}

/** Returns what runs statements of the library in a transaction. */
export function within<S extends Schema>(tx: StoreTransaction<S>): Db {
  return { executeSql: async (text, values) => ({ rows: [...(await runStatement(tx, text, values)).rows] }) };
}

const transaction = /^\s*begin;(.*?);?\s*commit;\s*$/is;

/** A transaction in one text would leave a connection of the pool in it if it failed. */
function executorOf<S extends Schema>(store: Store<S>): Db {
  return {
    async executeSql(text, values) {
      const [, inner] = transaction.exec(text) ?? [];
      if (inner === undefined) return { rows: [...(await runStatement(store.db, text, values)).rows] };
      // No statement of these texts has a semicolon within.
      const statements = inner.split(";").filter((statement) => statement.trim() !== "");
      await store.transaction(async (tx) => {
        for (const statement of statements) await runStatement(tx, statement);
      });
      return { rows: [] };
    },
  };
}
