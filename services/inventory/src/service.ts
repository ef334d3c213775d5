import { InventoryError, InventoryService, ReleaseReason, type StockLevel } from "@mesh/contracts/inventory/v1";
import { canonical, durationSetting, service } from "@mesh/service";
import { byProduct, checkUnique } from "./domain.ts";
import { consumers } from "./events.ts";
import { release, reserve } from "./reservations.ts";
import * as schema from "./schema.ts";
import { findStock, lockStock, setStock, stockChannel } from "./store.ts";
import { tasks } from "./tasks.ts";

/** The inventory service. The contract describes each method. */
export const inventory = service(
  InventoryService,
  {
    store: { schema, migrations: new URL("../migrations", import.meta.url) },
    settings: { RESERVATION_TIMEOUT_MS: durationSetting(20 * 60_000) },
    consumers,
    tasks,
  },
  {
    async getStock({ productId }, { db }) {
      const [stock] = await findStock(db, [productId]);
      if (!stock) throw InventoryError.stockNotFound({ productId });
      return { stock };
    },

    async batchGetStock({ productIds }, { db }) {
      return { stock: await findStock(db, productIds) };
    },

    async setStock({ counts }, { db }) {
      checkUnique("counts", counts);
      await db.transaction((tx) => setStock(tx, byProduct(counts)));
      return {};
    },

    async reserveStock({ orderId: id, items }, { db, settings }) {
      checkUnique("items", items);
      const orderId = canonical(id);
      const expiresAt = new Date(Date.now() + settings.RESERVATION_TIMEOUT_MS);
      return { expiresAt: await db.transaction((tx) => reserve(tx, orderId, byProduct(items), expiresAt)) };
    },

    async releaseStock({ orderId }, { db }) {
      await db.transaction((tx) => release(tx, canonical(orderId), ReleaseReason.RELEASE_REASON_REQUESTED));
      return {};
    },

    async *watchStock(request, { db, ...context }) {
      const productIds = request.productIds.map(canonical);
      const concerns = (changed: string) => changed === "*" || productIds.some((id) => changed.includes(id));
      const sent = new Map<string, StockLevel>();
      const changes = context.changes(stockChannel);
      for await (const changed of changes) {
        if (changed !== undefined && !concerns(changed)) continue;
        for (const stock of await changes.read(productIds.join(), () => findStock(db, productIds))) {
          const last = sent.get(stock.productId);
          if (last?.available === stock.available && last.reserved === stock.reserved) continue;
          sent.set(stock.productId, stock);
          yield { stock };
        }
      }
    },

    async *countStock(requests, { db }) {
      for await (const { count } of requests) {
        const { available: counted } = count;
        const productId = canonical(count.productId);
        const expected = await db.transaction(async (tx) => {
          const before = (await lockStock(tx, [productId])).get(productId);
          await setStock(tx, [{ productId, available: counted }]);
          return before?.available ?? 0n;
        });
        yield { productId, expected, counted };
      }
    },
  },
);
