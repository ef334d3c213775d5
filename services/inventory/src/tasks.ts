import { every } from "@mesh/service";
import { expire } from "./reservations.ts";
import { type Db, findExpired } from "./store.ts";

/** Releases expired reservations. */
export const tasks = [
  every("release expired reservations", 1_000, async ({ db }: { db: Db }) => {
    const now = new Date();
    // One transaction per order: if one locked the stock of many orders, it could deadlock with new reservations.
    for (const orderId of await findExpired(db, now, 100)) await db.transaction((tx) => expire(tx, orderId, now));
  }),
];
