import { CancelReason } from "@mesh/contracts/orders/v1";
import { every } from "@mesh/service";
import { cancelOrder } from "./lifecycle.ts";
import { type Db, lockOverdue } from "./store.ts";

/** Cancels orders that were not paid in time. */
export const tasks = [
  every("cancel unpaid orders", 1_000, async ({ db }: { db: Db }) => {
    await db.transaction(async (tx) => {
      for (const id of await lockOverdue(tx, new Date(), 100)) {
        await cancelOrder(tx, id, CancelReason.CANCEL_REASON_PAYMENT_TIMEOUT);
      }
    });
  }),
];
