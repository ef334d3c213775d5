import type { Injected } from "../faults/injector.ts";
import type { AcceptedImport } from "../load/imports.ts";
import type { OrderLoad } from "../load/orders.ts";
import type { Databases } from "./databases.ts";
import type { EventReader } from "./events.ts";
import { checkJobs } from "./jobs.ts";
import { checkChargedOrders, checkCharges, checkStock, checkTerminalStates } from "./orders.ts";
import { checkRequests } from "./requests.ts";
import { checkVersions } from "./versions.ts";
import { each, type Violation } from "./violation.ts";

export interface CheckOptions {
  readonly databases: Databases;
  readonly events: EventReader;
  readonly publishers: readonly string[];
  /** The services that consume. */
  readonly consumers: readonly string[];
  readonly load: OrderLoad;
  readonly imports: readonly AcceptedImport[];
  readonly injected: readonly Injected[];
  readonly gateways: readonly string[];
  /** The time when the load began. */
  readonly startedAt: number;
}

/** Checks every invariant once nothing is under way. */
export async function checkAll(options: CheckOptions): Promise<Violation[]> {
  const { databases, load, imports, injected, gateways, startedAt } = options;
  const found = await Promise.all([
    checkTerminalStates(databases, load.accepted),
    checkCharges(databases),
    checkChargedOrders(databases),
    checkOutboxes(options),
    checkVersions(databases),
    checkRequests(load, injected, gateways, startedAt),
    checkStock(databases),
    checkDeadLetters(options),
    checkJobs(databases, imports),
  ]);
  return found.flat();
}

/** I4. */
async function checkOutboxes({ databases, publishers }: CheckOptions): Promise<Violation[]> {
  const sql = "select count(*)::int as count from outbox where sent_at is null";
  const found = publishers.map(async (name): Promise<Violation[]> => {
    const [row] = await databases.query<{ count: number }>(name, sql);
    return row?.count ? [{ invariant: "I4", what: `${row.count} events wait in the outbox of ${name}` }] : [];
  });
  return (await Promise.all(found)).flat();
}

/** I8. */
async function checkDeadLetters({ databases, events, consumers }: CheckOptions): Promise<Violation[]> {
  const sql = "select subject, key, error from parked_events where state = 'dead'";
  const found = consumers.map(async (name) => {
    const dead = await databases.query<{ subject: string; key: string; error: string }>(name, sql);
    return each("I8", dead, ({ subject, key, error }) => `${name} has given up ${subject} of ${key}: ${error}`);
  });
  return [...each("I8", await events.deadLetters(), (letter) => letter), ...(await Promise.all(found)).flat()];
}
