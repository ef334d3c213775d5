import { every } from "@mesh/service";
import { expire } from "./reservations.ts";
import { type Db, findExpired } from "./store.ts";

/** Gives back what nobody confirmed in time. */
export const tasks = [
  every("release expired reservations", 1_000, async ({ db }: { db: Db }) => {
    const now = new Date();
    // One transaction each: one that held the stock of many orders could wait in a ring with those who reserve.
    for (const orderId of await findExpired(db, now, 100)) await db.transaction((tx) => expire(tx, orderId, now));
  }),
];
