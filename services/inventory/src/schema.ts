import { instant, int64 } from "@mesh/store/columns";
import { sql } from "drizzle-orm";
import { check, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";

export { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";
export { keyedResults } from "@mesh/store/tables";

/** The stock of each product. `available` is negative only after a late confirmation of an expired reservation. */
export const stock = pgTable(
  "stock",
  {
    productId: uuid("product_id").primaryKey(),
    available: int64("available").notNull(),
    reserved: int64("reserved").notNull(),
  },
  (table) => [check("stock_reserved_not_negative", sql`${table.reserved} >= 0`)],
);

/** The reservations of orders, with their outcome. */
export const reservations = pgTable(
  "reservations",
  {
    orderId: uuid("order_id").primaryKey(),
    status: text("status", { enum: ["active", "confirmed", "released"] }).notNull(),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [index("reservations_status_expires").on(table.status, table.expiresAt)],
);

export const reservationItems = pgTable(
  "reservation_items",
  {
    orderId: uuid("order_id")
      .notNull()
      .references(() => reservations.orderId, { onDelete: "cascade" }),
    productId: uuid("product_id").notNull(),
    quantity: integer("quantity").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.productId] })],
);
