import type { CancelReason, OrderStatus } from "@mesh/contracts/orders/v1";
import { instant, int64 } from "@mesh/store/columns";
import { index, integer, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";

export { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";
export { keyedResults } from "@mesh/store/tables";

/** Orders. Statuses and reasons are stored as the contract's numbers, whose meaning never changes. */
export const orders = pgTable(
  "orders",
  {
    id: uuid("id").primaryKey(),
    customerId: uuid("customer_id").notNull(),
    idempotencyKey: uuid("idempotency_key").notNull(),
    /** A hash of the request: the same idempotency key with a different request is a conflict. */
    requestHash: text("request_hash").notNull(),
    status: integer("status").$type<OrderStatus>().notNull(),
    cancelReason: integer("cancel_reason").$type<CancelReason>().notNull(),
    currency: text("currency").notNull(),
    totalMinorUnits: int64("total_minor_units").notNull(),
    email: text("email").notNull(),
    name: text("name").notNull(),
    address: text("address").notNull(),
    placedAt: instant("placed_at").notNull(),
    /** The time when the order is cancelled if it is not paid. */
    paymentDueAt: instant("payment_due_at").notNull(),
    /** The time when the payment was refunded. */
    refundedAt: instant("refunded_at"),
  },
  (table) => [
    unique("orders_customer_key").on(table.customerId, table.idempotencyKey),
    index("orders_customer_placed").on(
      table.customerId,
      table.placedAt.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    index("orders_status_due").on(table.status, table.paymentDueAt),
  ],
);

export const orderLines = pgTable(
  "order_lines",
  {
    orderId: uuid("order_id")
      .notNull()
      .references(() => orders.id),
    position: integer("position").notNull(),
    productId: uuid("product_id").notNull(),
    name: text("name").notNull(),
    quantity: integer("quantity").notNull(),
    unitPriceMinorUnits: int64("unit_price_minor_units").notNull(),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.position] })],
);

/** Attempts to place an order, which may have reserved stock for it. Few rows: an attempt is removed when it ends. */
export const orderAttempts = pgTable("order_attempts", {
  orderId: uuid("order_id").primaryKey(),
  /** The time when the attempt is undone if it is still there. */
  dueAt: instant("due_at").notNull(),
});

/** The steps of each order, in order. */
export const orderSteps = pgTable(
  "order_steps",
  {
    orderId: uuid("order_id")
      .notNull()
      .references(() => orders.id),
    number: integer("number").notNull(),
    at: instant("at").notNull(),
    kind: text("kind", { enum: ["placed", "confirmed", "cancelled", "refunded"] }).notNull(),
    /** Set for steps that concern a payment. */
    paymentId: uuid("payment_id"),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.number] })],
);
