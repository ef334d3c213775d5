import type { PaymentStatus } from "@mesh/contracts/payments/v1";
import { instant, int64 } from "@mesh/store/columns";
import { index, integer, pgTable, text, uuid } from "drizzle-orm/pg-core";

export { consumerLeases, consumerProcesses, inbox, outbox, parkedEvents } from "@mesh/events/tables";
export { keyedResults } from "@mesh/store/tables";

/** The payments. An order has at most one. */
export const payments = pgTable(
  "payments",
  {
    id: uuid("id").primaryKey(),
    orderId: uuid("order_id").notNull().unique("payments_order"),
    status: integer("status").$type<PaymentStatus>().notNull(),
    currency: text("currency").notNull(),
    amountMinorUnits: int64("amount_minor_units").notNull(),
    paymentToken: text("payment_token").notNull(),
    createdAt: instant("created_at").notNull(),
    /** The time when the provider's response is due. Null if it has arrived. */
    answerDueAt: instant("answer_due_at"),
  },
  (table) => [index("payments_answer_due").on(table.answerDueAt)],
);
