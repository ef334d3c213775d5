import { MeshError, type Principal } from "@mesh/contracts";
import type { Schema, Store, StoreTransaction } from "@mesh/store";
import { asc, eq, gt, not, or, sql } from "drizzle-orm";
import { storedPrincipal } from "../stored-job.ts";
import { schedules } from "../tables.ts";
import { secondsAgo } from "./declared.ts";
import type { DeclaredSchedule } from "./schedule.ts";
import type { Target } from "./target.ts";
import { nextAfter, type Timing, timingOf, type When } from "./timing.ts";

/** A schedule, as it is now. */
export interface ScheduleStatus {
  readonly name: string;
  readonly timing: Timing;
  /** The full name of the event or the job. */
  readonly target: string;
  readonly kind: "event" | "job";
  readonly nextAt: Date;
  /** When it was last due; undefined: never. */
  readonly lastAt: Date | undefined;
  readonly isPaused: boolean;
  /** Whether the code of the service lists it. */
  readonly isDeclared: boolean;
}

/** Changes schedules if and only if a transaction commits. */
export interface Scheduling {
  /**
   * Publishes an event or enqueues a job later: once, or again and again. It replaces a schedule with the same name.
   *
   * @param name is unique in the service: `trial ends 7`
   * @throws RangeError if the time is not valid
   * @throws InvalidEvent or InvalidJob if the payload breaks its contract
   */
  schedule<T, I>(name: string, when: When, target: Target<T, I>, payload: I): Promise<void>;
  /** Removes a schedule. Returns whether there was one. */
  unschedule(name: string): Promise<boolean>;
}

/** The schedules of a service. Each function but `list` throws a MeshError NOT_FOUND if there is no such schedule. */
export interface Schedules {
  /** Returns all but those that no process lists any more, in the order of their names. */
  list(): Promise<ScheduleStatus[]>;
  /** Makes it not due until it is resumed. */
  pause(name: string): Promise<void>;
  /** Makes it due again. What it missed while it was paused is not made up for, but one that is due once still is. */
  resume(name: string): Promise<void>;
  /** Removes it. One that the code lists comes back at the next start. */
  cancel(name: string): Promise<void>;
}

/** Makes the schedules of a service over its database. @param leaseSeconds after which a process counts as ended */
export function schedulesOf({ db }: Pick<Store<Schema>, "db">, leaseSeconds: number): Schedules {
  const isListed = or(not(schedules.isDeclared), gt(schedules.listedAt, secondsAgo(2 * leaseSeconds)));
  const found = (rows: readonly unknown[], name: string) => {
    if (rows.length === 0) throw new MeshError({ code: "NOT_FOUND", message: `there is no schedule ${name}` });
  };
  return {
    async list() {
      const rows = await db.select().from(schedules).where(isListed).orderBy(asc(schedules.name));
      return rows.map(({ name, timing, target: { kind, typeName }, nextAt, lastAt, pausedAt, isDeclared }) => {
        const state = { lastAt: lastAt ?? undefined, isPaused: pausedAt !== null, isDeclared };
        return { name, timing, target: typeName, kind, nextAt, ...state };
      });
    },
    async pause(name) {
      const set = { pausedAt: sql`coalesce(${schedules.pausedAt}, now())` };
      found(await db.update(schedules).set(set).where(eq(schedules.name, name)).returning(), name);
    },
    async resume(name) {
      const [row] = await db.select().from(schedules).where(eq(schedules.name, name));
      const nextAt = row && nextAfter(row.timing, row.nextAt, new Date());
      const set = { pausedAt: null, ...(row?.pausedAt && nextAt && { nextAt }) };
      found(await db.update(schedules).set(set).where(eq(schedules.name, name)).returning(), name);
    },
    async cancel(name) {
      found(await db.delete(schedules).where(eq(schedules.name, name)).returning(), name);
    },
  };
}

/** A schedule that is made at run time. */
type NewSchedule = Omit<DeclaredSchedule, "when"> & { readonly when: When };

/** Stores a schedule, instead of one with the same name. */
export async function storeSchedule(
  tx: StoreTransaction<Schema>,
  { name, when, target, payload }: NewSchedule,
  principal: Principal | undefined,
): Promise<void> {
  const own = { principal: principal ? storedPrincipal(principal) : null, isDeclared: false };
  const row = { ...timingOf(when), target, payload, ...own };
  const set = { ...row, pausedAt: null };
  await tx
    .insert(schedules)
    .values({ name, ...row })
    .onConflictDoUpdate({ target: schedules.name, set });
}
