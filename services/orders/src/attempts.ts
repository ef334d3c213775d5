import type { InventoryService } from "@mesh/contracts/inventory/v1";
import type { PeerClients } from "@mesh/service";
import { eq, lt, sql } from "drizzle-orm";
import { moveOf } from "./lifecycle.ts";
import { orderAttempts, orders } from "./schema.ts";
import { type Db, lockOrder, type Tx } from "./store.ts";
import { transitions } from "./transitions.ts";

/** The time in which a commit may still arrive after the deadline of its call, in milliseconds. */
const graceMs = 1_000;

/**
 * Stores that an attempt to place an order begins, before it reserves stock. The transaction that stores the order also ends the
 * attempt. If the process or the caller is gone before that, the attempt is undone after its deadline. Several attempts with
 * the same idempotency key are one, until the last of their deadlines. Returns false, and stores nothing, if there is an order.
 */
export async function beginAttempt(db: Db, orderId: string, deadline: number): Promise<boolean> {
  // By the clock of PostgreSQL, since those of the replicas may differ.
  const dueAt = sql`now() + ${deadline - Date.now() + graceMs} * interval '1 ms'`;
  const { rowCount } = await db.execute(sql`
    insert into ${orderAttempts} ("order_id", "due_at")
    select ${orderId}::uuid, ${dueAt} where not exists (select from ${orders} where ${eq(orders.id, orderId)})
    on conflict ("order_id") do update set "due_at" = greatest(${orderAttempts.dueAt}, excluded."due_at")`);
  return rowCount === 1;
}

/** Ends an attempt. Returns false if it has ended before. */
export async function endAttempt(db: Db | Tx, orderId: string): Promise<boolean> {
  const { rowCount } = await db.delete(orderAttempts).where(eq(orderAttempts.orderId, orderId));
  return rowCount === 1;
}

interface UndoContext {
  readonly db: Db;
  readonly peers: PeerClients<{ inventory: typeof InventoryService }>;
}

/** Undoes the attempts whose time is up. */
export async function undoAttempts(context: UndoContext): Promise<void> {
  while (await undoAttempt(context));
}

/** Undoes one attempt. Its row is locked meanwhile, so that the next attempt with its key begins after that. */
function undoAttempt({ db, peers }: UndoContext): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [attempt] = await tx
      .select({ id: orderAttempts.orderId })
      .from(orderAttempts)
      .where(lt(orderAttempts.dueAt, sql`now()`))
      .limit(1)
      .for("update", { skipLocked: true });
    if (!attempt) return false;
    const { id } = attempt;
    const order = await lockOrder(tx, id);
    const move = moveOf(transitions, id, order?.status, "attemptFailed");
    if (move?.releasesStock) await peers.inventory.releaseStock({ orderId: id });
    return endAttempt(tx, id);
  });
}
