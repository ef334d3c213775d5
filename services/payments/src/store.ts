import { randomUUID } from "node:crypto";
import type { Money } from "@mesh/contracts/mesh/v1";
import type { Payment, PaymentStatus } from "@mesh/contracts/payments/v1";
import type { Database, Transaction } from "@mesh/service";
import { eq, lte } from "drizzle-orm";
import * as schema from "./schema.ts";

export type Db = Database<typeof schema>;
export type Tx = Transaction<typeof schema>;
export type PaymentRow = typeof schema.payments.$inferSelect;
const { payments } = schema;

/** What is stored of a new payment. */
export interface NewPayment {
  readonly orderId: string;
  readonly amount: Money;
  readonly paymentToken: string;
  readonly status: PaymentStatus;
  readonly answerDueAt: Date | null;
}

/** Stores the payment of an order; the order's earlier one, if there is any, stays as it is. */
export async function insertPayment(tx: Tx, { amount, ...payment }: NewPayment): Promise<void> {
  const { currency, minorUnits: amountMinorUnits } = amount;
  const row = { ...payment, id: randomUUID(), currency, amountMinorUnits, createdAt: new Date() };
  await tx.insert(payments).values(row).onConflictDoNothing();
}

/** Finds the payment of an order and keeps others from changing it until the transaction ends. */
export async function lockPayment(tx: Tx, orderId: string): Promise<PaymentRow | undefined> {
  const [row] = await tx.select().from(payments).where(eq(payments.orderId, orderId)).for("update");
  return row;
}

/** The payments whose answer is due; those that another process works on are left out. */
export async function lockDue(tx: Tx, now: Date, limit: number): Promise<PaymentRow[]> {
  return tx
    .select()
    .from(payments)
    .where(lte(payments.answerDueAt, now))
    .limit(limit)
    .for("update", { skipLocked: true });
}

/** Gives a payment its status; no answer is awaited any more. */
export async function settle(tx: Tx, id: string, status: PaymentStatus): Promise<void> {
  await tx.update(payments).set({ status, answerDueAt: null }).where(eq(payments.id, id));
}

/** Finds the payment of an order. */
export async function findPayment(db: Db | Tx, orderId: string): Promise<Payment | undefined> {
  const [row] = await db.select().from(payments).where(eq(payments.orderId, orderId));
  return row && paymentOf(row);
}

/** A stored payment as the contract has it. */
export function paymentOf({ id, orderId, status, currency, amountMinorUnits, createdAt }: PaymentRow): Payment {
  return { id, orderId, status, createdAt, amount: { currency, minorUnits: amountMinorUnits } };
}
