import { randomUUID } from "node:crypto";
import type { Schema, Store } from "@mesh/store";
import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { schedules } from "../tables.ts";
import type { DeclaredSchedule } from "./schedule.ts";
import { timingOf } from "./timing.ts";

/** How long a schedule stays stored that no process lists: another version may come back, and finds it paused if it was. */
const keepUnlisted = sql`interval '1 day'`;

/**
 * The schedules that the code of this process lists. Processes of other versions may list others at the same time, so each starts
 * only those that it lists itself. Of those that several list, the one that started last has the say until it ends.
 */
export class Declared {
  readonly names: readonly string[];
  readonly #db: Store<Schema>["db"];
  readonly #listed: readonly DeclaredSchedule[];
  readonly #process = randomUUID();
  readonly #leaseSeconds: number;

  /** @param leaseSeconds after which other processes store theirs, if this one does not `renew` */
  constructor({ db }: Pick<Store<Schema>, "db">, listed: readonly DeclaredSchedule[], leaseSeconds: number) {
    this.#db = db;
    // All processes lock them in the same order.
    this.#listed = [...listed].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.names = this.#listed.map(({ name }) => name);
    this.#leaseSeconds = leaseSeconds;
  }

  /** Stores them. One whose time is the same stays due when it was, and paused if it was. */
  async store(): Promise<void> {
    await this.#db.transaction(async (tx) => {
      for (const one of this.#listed) {
        const row = this.#rowOf(one);
        await tx
          .insert(schedules)
          .values({ name: one.name, ...row })
          .onConflictDoUpdate({ target: schedules.name, set: { ...row, nextAt: nextOf(row) } });
      }
    });
  }

  /** Reports that this process still lists them, stores those of processes that have ended, and removes what none lists. */
  async renew(): Promise<void> {
    const { isDeclared, listedBy, listedAt } = schedules;
    if (this.names.length > 0) {
      await this.#db.update(schedules).set({ listedAt: sql`now()` }).where(eq(listedBy, this.#process));
      await this.#takeOver();
    }
    await this.#db.delete(schedules).where(and(isDeclared, lt(listedAt, sql`now() - ${keepUnlisted}`)));
  }

  async #takeOver(): Promise<void> {
    const { name, isDeclared, listedAt } = schedules;
    const isLost = and(isDeclared, lt(listedAt, secondsAgo(this.#leaseSeconds)));
    const isListed = inArray(name, [...this.names]);
    const rows = await this.#db.select({ name }).from(schedules).where(and(isLost, isListed));
    const lost = new Set(rows.map((row) => row.name));
    for (const one of this.#listed) {
      if (!lost.has(one.name)) continue;
      const row = this.#rowOf(one);
      const set = { ...row, nextAt: nextOf(row) };
      await this.#db
        .update(schedules)
        .set(set)
        .where(and(isLost, eq(name, one.name)));
    }
  }

  #rowOf({ when, target, payload }: DeclaredSchedule) {
    const own = { principal: null, isDeclared: true, listedBy: this.#process, listedAt: sql`now()` };
    return { ...timingOf(when), target, payload, ...own };
  }
}

/** When it was due, unless its time differs. */
function nextOf({ timing, nextAt }: ReturnType<typeof timingOf>) {
  const stored = sql`${JSON.stringify(timing)}::jsonb`;
  return sql`case when ${schedules.timing} = ${stored} then ${schedules.nextAt} else ${nextAt.toISOString()}::timestamptz end`;
}

/** Returns a time of the database. */
export function secondsAgo(seconds: number) {
  return sql`now() - ${seconds} * interval '1 second'`;
}
