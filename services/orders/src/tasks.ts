import type { CatalogService } from "@mesh/contracts/catalog/v1";
import type { InventoryService } from "@mesh/contracts/inventory/v1";
import { every, type PeerClients } from "@mesh/service";
import { undoAttempts } from "./attempts.ts";
import { applyEvent } from "./lifecycle.ts";
import { type Db, lockOverdue, type Tx } from "./store.ts";
import { type TransitionTable, transitions } from "./transitions.ts";

/** Ends the states whose time is up, such as that of orders that were not paid in time. */
export async function endOverdue(tx: Tx, now: Date, table: TransitionTable = transitions): Promise<void> {
  for (const { limit, status } of Object.values(table)) {
    if (!limit || status === undefined) continue;
    const ids = await lockOverdue(tx, { status, dueAt: limit.dueAt, now, limit: 100 });
    for (const id of ids) await applyEvent(tx, id, limit.event, { table });
  }
}

type Peers = PeerClients<{ catalog: typeof CatalogService; inventory: typeof InventoryService }>;

export const tasks = [
  every("undo attempts", 1_000, (context: { db: Db; peers: Peers }) => undoAttempts(context)),
  every("end overdue states", 1_000, ({ db }: { db: Db }) => db.transaction((tx) => endOverdue(tx, new Date()))),
];
