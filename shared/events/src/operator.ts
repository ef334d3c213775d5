import { notify, type Schema, type Store } from "@mesh/store";
import { and, count, desc, eq, gte, inArray, isNotNull, lt, min, or, type SQL, sql } from "drizzle-orm";
import type { ParkedRow } from "./parking/parked-rows.ts";
import { parkedChannel } from "./parking/parking.ts";
import { consumerLeases, type ParkedState, parkedEvents } from "./tables.ts";

/** The parked events that an operator means. Without a field, any value is meant. */
export interface ParkedFilter {
  readonly id?: string | undefined;
  readonly consumer?: string | undefined;
  readonly subject?: string | undefined;
  readonly key?: string | undefined;
  readonly state?: ParkedState | undefined;
  /** Parked at this time or later. */
  readonly since?: Date | undefined;
  /** Parked before this time. */
  readonly until?: Date | undefined;
}

/** An event that is parked or dead-lettered, as an operator sees it. */
export type ListedEvent = ParkedRow;

/** A consumer, as an operator sees it. */
export interface ListedConsumer {
  readonly name: string;
  readonly subject: string;
  readonly stream: string;
  /** Undefined: no process consumes. */
  readonly holder: string | undefined;
  readonly position: number;
  readonly parked: Readonly<Partial<Record<ParkedState, number>>>;
  /** Undefined: none waits. */
  readonly oldestAt: Date | undefined;
}

/** What operators do with the events of a service. */
export interface EventsOperations {
  consumers(): Promise<ListedConsumer[]>;
  /** Lists events that are parked or dead-lettered, the newest first. */
  list(filter: ParkedFilter, limit: number): Promise<ListedEvent[]>;
  /** Lets events be tried again now, by default those that are dead. Returns their number. */
  replay(filter: ParkedFilter): Promise<number>;
  /** Has a consumer receive its stream again, from a sequence on. Returns false if there is no such consumer. */
  rewind(consumer: string, sequence: number): Promise<boolean>;
}

/** A durable consumer of the service. */
export interface OwnConsumer {
  readonly durable: string;
  readonly subject: string;
  readonly stream: string;
}

/** Makes the operations of a service. */
export function operationsOf(store: Store<Schema>, own: readonly OwnConsumer[]): EventsOperations {
  if (own.length === 0) return withoutConsumers;
  const names = own.map(({ durable }) => durable);
  const where = (filter: ParkedFilter) => and(inArray(parkedEvents.consumer, names), ...conditionsOf(filter));
  return {
    async consumers() {
      const leases = await store.db.select().from(consumerLeases).where(inArray(consumerLeases.consumer, names));
      const { consumer, state } = parkedEvents;
      const groups = await store.db
        .select({ consumer, state, count: count(), oldestAt: min(parkedEvents.parkedAt) })
        .from(parkedEvents)
        .where(inArray(consumer, names))
        .groupBy(consumer, state);
      return own.map(({ durable, ...event }) => {
        const lease = leases.find((one) => one.consumer === durable);
        const parked = groups.filter((group) => group.consumer === durable);
        return {
          name: durable,
          ...event,
          holder: lease?.holder ?? undefined,
          position: lease?.position ?? 0,
          parked: Object.fromEntries(parked.map((group) => [group.state, group.count])),
          oldestAt: oldestOf(parked.filter((group) => group.state !== "dead").map((group) => group.oldestAt)),
        };
      });
    },
    list: (filter, limit) =>
      store.db.select().from(parkedEvents).where(where(filter)).orderBy(desc(parkedEvents.position)).limit(limit),
    async replay({ state = "dead", ...filter }) {
      const isDue = { nextAttemptAt: sql`now()` };
      const again = state === "dead" ? { ...isDue, state: "failing" as const, failures: 0, waits: 0, kills: 0 } : isDue;
      return store.transaction(async (tx) => {
        // Those that are behind others wait for these.
        const isBefore = or(isNotNull(parkedEvents.nextAttemptAt), eq(parkedEvents.state, "dead"));
        const { rowCount } = await tx
          .update(parkedEvents)
          .set(again)
          .where(and(where({ ...filter, state }), isBefore));
        await notify(tx, parkedChannel);
        return rowCount ?? 0;
      });
    },
    async rewind(consumer, sequence) {
      if (!names.includes(consumer)) return false;
      // The holder notices that the lease has another epoch, and begins again.
      const begins = { position: Math.max(0, sequence - 1), settled: [], epoch: sql`${consumerLeases.epoch} + 1` };
      const handedTo = sql`greatest(${consumerLeases.handedTo}, ${consumerLeases.position})`;
      const isOwn = eq(consumerLeases.consumer, consumer);
      const { rowCount } = await store.db
        .update(consumerLeases)
        .set({ ...begins, handedTo })
        .where(isOwn);
      return rowCount === 1;
    },
  };
}

/** A service without consumers need not have their tables. */
const withoutConsumers: EventsOperations = {
  consumers: async () => [],
  list: async () => [],
  replay: async () => 0,
  rewind: async () => false,
};

function conditionsOf({ id, consumer, subject, key, state, since, until }: ParkedFilter): SQL[] {
  return [
    ...(id === undefined ? [] : [eq(parkedEvents.messageId, id)]),
    ...(consumer === undefined ? [] : [eq(parkedEvents.consumer, consumer)]),
    ...(subject === undefined ? [] : [eq(parkedEvents.subject, subject)]),
    ...(key === undefined ? [] : [eq(parkedEvents.key, key)]),
    ...(state === undefined ? [] : [eq(parkedEvents.state, state)]),
    ...(since === undefined ? [] : [gte(parkedEvents.parkedAt, since)]),
    ...(until === undefined ? [] : [lt(parkedEvents.parkedAt, until)]),
  ];
}

function oldestOf(dates: readonly (Date | null)[]): Date | undefined {
  const times = dates.flatMap((date) => date?.getTime() ?? []);
  return times.length === 0 ? undefined : new Date(Math.min(...times));
}
