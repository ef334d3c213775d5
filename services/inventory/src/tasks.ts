import { ReleaseReason } from "@mesh/contracts/inventory/v1";
import { every } from "@mesh/service";
import { release } from "./reservations.ts";
import { type Db, lockExpired } from "./store.ts";

/** Gives back what nobody confirmed in time. */
export const tasks = [
  every("release expired reservations", 1_000, async ({ db }: { db: Db }) => {
    await db.transaction(async (tx) => {
      for (const orderId of await lockExpired(tx, new Date(), 100)) {
        await release(tx, orderId, ReleaseReason.RELEASE_REASON_EXPIRED);
      }
    });
  }),
];
