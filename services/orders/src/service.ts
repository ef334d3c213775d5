import { CatalogService } from "@mesh/contracts/catalog/v1";
import { InventoryError, InventoryService } from "@mesh/contracts/inventory/v1";
import {
  CancelReason,
  OrderError,
  OrderPlaced,
  OrderService,
  OrderStatus,
  type PlaceOrderRequest,
} from "@mesh/contracts/orders/v1";
import { customerOf, durationSetting, pageToken, service } from "@mesh/service";
import { z } from "zod";
import { canonical, checkedRequest, orderIdOf, priceOf, requestHashOf } from "./domain.ts";
import { consumers } from "./events.ts";
import { cancelOrder } from "./lifecycle.ts";
import * as schema from "./schema.ts";
import { type Db, findByKey, findOrder, insertOrder, listOrders, orderChannel, stepsAfter } from "./store.ts";
import { tasks } from "./tasks.ts";

/** PostgreSQL has no year 0. */
const firstInstant = new Date("0001-01-01T00:00:00Z");
const instant = z.iso
  .datetime()
  .transform((text) => new Date(text))
  .refine((date) => date >= firstInstant);
const page = pageToken(z.object({ placedAt: instant, id: z.guid() }));

/** Orders: see the contract for what each method promises. */
export const orders = service(
  OrderService,
  {
    peers: { catalog: CatalogService, inventory: InventoryService },
    store: { schema, migrations: new URL("../migrations", import.meta.url) },
    settings: { PAYMENT_TIMEOUT_MS: durationSetting(15 * 60_000) },
    consumers,
    tasks,
  },
  {
    async placeOrder(given, context) {
      const { db, peers, settings } = context;
      const customerId = customerOf(context);
      const request = checkedRequest(given);
      const requestHash = requestHashOf(request);
      const earlier = await findByKey(db, customerId, request.idempotencyKey);
      if (earlier) return { order: await answerAgain(db, earlier, requestHash) };

      const id = orderIdOf(customerId, request.idempotencyKey);
      const { products } = await peers.catalog.batchGetProducts({ ids: request.items.map((item) => item.productId) });
      const priced = priceOf(request.items, products);
      await peers.inventory.reserveStock({ orderId: id, items: request.items }).catch(asOrderError(request));

      const placedAt = new Date();
      const paymentDueAt = new Date(placedAt.getTime() + settings.PAYMENT_TIMEOUT_MS);
      const order = { id, customerId, requestHash, priced, placedAt, paymentDueAt };
      await db.transaction(async (tx) => {
        if (!(await insertOrder(tx, request, order))) return;
        const total = { minorUnits: priced.totalMinorUnits, currency: priced.currency };
        await tx.publish(OrderPlaced, { orderId: id, customerId, total, paymentToken: request.paymentToken, placedAt });
      });
      return { order: await answerAgain(db, await findByKey(db, customerId, request.idempotencyKey), requestHash) };
    },

    async getOrder({ id }, context) {
      return { order: await findOrder(context.db, customerOf(context), id) };
    },

    async listOrders({ pageSize, pageToken: token }, context) {
      const limit = pageSize || 20;
      const after = page.read(token, () => OrderError.pageTokenInvalid());
      const found = await listOrders(context.db, customerOf(context), limit + 1, after);
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      const nextPageToken =
        last && found.length > limit ? page.write({ placedAt: last.placedAt.toISOString(), id: last.id }) : "";
      return { orders: shown, nextPageToken };
    },

    async cancelOrder({ id }, context) {
      const customerId = customerOf(context);
      return context.db.transaction(async (tx) => {
        await findOrder(tx, customerId, id);
        await cancelOrder(tx, id, CancelReason.CANCEL_REASON_CUSTOMER);
        const order = await findOrder(tx, customerId, id);
        if (order.status !== OrderStatus.ORDER_STATUS_CANCELLED) throw OrderError.notCancellable({ orderId: id });
        return { order };
      });
    },

    async *watchOrder({ id, afterStep }, context) {
      await findOrder(context.db, customerOf(context), id);
      let seen = afterStep;
      for await (const changed of context.changes(orderChannel)) {
        if (changed !== undefined && changed !== canonical(id)) continue;
        for (const next of await stepsAfter(context.db, id, seen)) {
          yield next;
          seen = next.step.number;
        }
      }
    },
  },
);

/** The order that a key was used for, if it was for the same request. */
async function answerAgain(db: Db, stored: Awaited<ReturnType<typeof findByKey>>, requestHash: string) {
  if (stored?.requestHash !== requestHash) throw OrderError.idempotencyConflict();
  return findOrder(db, stored.customerId, stored.id);
}

/** Says what inventory refused in the words of this contract. */
function asOrderError({ items }: PlaceOrderRequest) {
  return (error: unknown): never => {
    if (!InventoryError.has(error)) throw error;
    if (error.reason === "RESERVATION_CONFLICT") throw OrderError.idempotencyConflict();
    const { productId = "", available = "0" } = error.metadata;
    const requested = items.find((item) => item.productId === productId)?.quantity ?? 0;
    throw OrderError.outOfStock({ productId, requested, available });
  };
}
