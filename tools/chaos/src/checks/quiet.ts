import { setTimeout as pause } from "node:timers/promises";
import { OrderStatus } from "@mesh/contracts/orders/v1";
import { within } from "../within.ts";
import type { Databases } from "./databases.ts";
import type { EventReader } from "./events.ts";
import { jobsTable } from "./jobs.ts";

const lookEveryMs = 500;
const noteEveryMs = 15_000;

/** The looks in a row that must find nothing. */
const wantedLooks = 3;

export interface QuietOptions {
  readonly databases: Databases;
  readonly events: EventReader;
  /** The services with an outbox. */
  readonly publishers: readonly string[];
  /** The services that consume. */
  readonly consumers: readonly string[];
  readonly streams: readonly string[];
  readonly timeoutMs: number;
  readonly note: (line: string) => void;
}

/** Waits until nothing is under way. Returns what still is when time is up. */
export async function untilQuiet(options: QuietOptions): Promise<string[]> {
  const endsAt = performance.now() + options.timeoutMs;
  let noteAt = performance.now() + noteEveryMs;
  for (let looks = 0; ; ) {
    const open = await openWork(options);
    if (open.length > 0 && performance.now() > noteAt) {
      options.note(`still under way: ${open.join(", ")}`);
      noteAt = performance.now() + noteEveryMs;
    }
    looks = open.length === 0 ? looks + 1 : 0;
    if (looks === wantedLooks || performance.now() > endsAt) return open;
    await pause(lookEveryMs);
  }
}

async function openWork({ databases, events, publishers, consumers, streams }: QuietOptions): Promise<string[]> {
  const count = async (name: string, sql: string, what: string) => {
    const [row] = await databases.query<{ count: number }>(name, sql);
    return row?.count ? [`${name}: ${row.count} ${what}`] : [];
  };
  const pending = OrderStatus.ORDER_STATUS_PENDING;
  const parts = [
    count("orders", `select count(*)::int from orders where status = ${pending}`, "pending orders"),
    count("orders", "select count(*)::int from order_attempts", "attempts to place an order"),
    count("catalog", `select count(*)::int from ${jobsTable} where state < 'completed'`, "jobs"),
    count("inventory", "select count(*)::int from reservations where status = 'active'", "reservations"),
    ...publishers.map((name) => count(name, "select count(*)::int from outbox where sent_at is null", "unsent events")),
    ...consumers.map((name) => {
      return count(name, "select count(*)::int from parked_events where state <> 'dead'", "parked events");
    }),
    within(events.openWork(streams), "NATS"),
  ];
  return (await Promise.all(parts)).flat();
}
