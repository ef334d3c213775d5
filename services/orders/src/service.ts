import { CatalogService } from "@mesh/contracts/catalog/v1";
import { InventoryService } from "@mesh/contracts/inventory/v1";
import { OrderError, OrderForgotten, OrderService } from "@mesh/contracts/orders/v1";
import { customerOf, durationSetting, pageToken, service } from "@mesh/service";
import * as z from "zod";
import { consumers } from "./events.ts";
import { applyEvent, IllegalTransition } from "./lifecycle.ts";
import { placeOrder } from "./place-order.ts";
import * as schema from "./schema.ts";
import { findOrder, findOrderOf, forgetCustomer, listOrders, orderChannel, stepsAfter } from "./store.ts";
import { tasks } from "./tasks.ts";
import { finalStatuses } from "./transitions.ts";

/** The earliest time of a page token, because PostgreSQL has no year 0. */
const firstInstant = new Date("0001-01-01T00:00:00Z");
const instant = z.iso
  .datetime()
  .transform((text) => new Date(text))
  .refine((date) => date >= firstInstant);
const page = pageToken(z.object({ placedAt: instant, id: z.guid() }));

/** The orders service. The contract describes each method. */
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
    async placeOrder(request, context) {
      return { order: await placeOrder(request, context) };
    },

    // The option `owner` of its contract keeps the orders of others from customers.
    async getOrder({ id }, { db }) {
      return { order: await findOrder(db, id) };
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

    async cancelOrder(request, context) {
      const customerId = customerOf(context);
      return context.db.transaction(async (tx) => {
        const { id } = await findOrderOf(tx, customerId, request.id);
        await applyEvent(tx, id, "customerCancels").catch((error: unknown) => {
          throw error instanceof IllegalTransition ? OrderError.notCancellable({ orderId: id }) : error;
        });
        return { order: await findOrder(tx, id) };
      });
    },

    async forgetCustomer({ customerId }, { db }) {
      await db.transaction(async (tx) => {
        for (const orderId of await forgetCustomer(tx, customerId, finalStatuses, 100)) {
          await tx.publish(OrderForgotten, { orderId });
        }
      });
      return { isDone: (await listOrders(db, customerId, 1)).length === 0 };
    },

    async *watchOrder(request, context) {
      const order = await findOrder(context.db, request.id);
      // It may have no step to send yet, and a customer must not wait for those of others.
      context.call.checkResponse({ order });
      const { id } = order;
      let seen = request.afterStep;
      const changes = context.changes(orderChannel);
      for await (const changed of changes) {
        if (changed !== undefined && changed !== id) continue;
        for (const next of await changes.read(`${id} ${seen}`, () => stepsAfter(context.db, order, seen))) {
          yield next;
          seen = next.step.number;
        }
      }
    },
  },
);
