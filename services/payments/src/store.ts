import { randomUUID } from "node:crypto";
import type { Money } from "@mesh/contracts/mesh/v1";
import type { Payment, PaymentStatus } from "@mesh/contracts/payments/v1";
import type { Database, Transaction } from "@mesh/service";
import { defer } from "@mesh/store";
import { eq, lte } from "drizzle-orm";
import * as schema from "./schema.ts";

export type Db = Database<typeof schema>;
export type Tx = Transaction<typeof schema>;
export type PaymentRow = typeof schema.payments.$inferSelect;
const { payments } = schema;

/** The stored properties of a new payment. */
export interface NewPayment {
  readonly orderId: string;
  readonly amount: Money;
  readonly paymentToken: string;
  readonly status: PaymentStatus;
  readonly answerDueAt: Date | null;
}

/** Stores the payment of an order, and returns it. Undefined: the order already has one. */
export async function insertPayment(tx: Tx, { amount, ...payment }: NewPayment): Promise<PaymentRow | undefined> {
  const { currency, minorUnits: amountMinorUnits } = amount;
  const row = { ...payment, id: randomUUID(), currency, amountMinorUnits, createdAt: new Date() };
  const [inserted] = await tx.insert(payments).values(row).onConflictDoNothing().returning();
  return inserted;
}

/** Finds the payment of an order and locks it until the transaction ends. */
export async function lockPayment(tx: Tx, orderId: string): Promise<PaymentRow | undefined> {
  const [row] = await tx.select().from(payments).where(eq(payments.orderId, orderId)).for("update");
  return row;
}

/** Returns the payments whose response is due. Skips payments that another process has locked. */
export async function lockDue(tx: Tx, now: Date, limit: number): Promise<PaymentRow[]> {
  return tx
    .select()
    .from(payments)
    .where(lte(payments.answerDueAt, now))
    .limit(limit)
    .for("update", { skipLocked: true });
}

/** Sets the status of a payment, whose response is no longer due. */
export async function settle(tx: Tx, id: string, status: PaymentStatus): Promise<void> {
  await defer(tx, tx.update(payments).set({ status, answerDueAt: null }).where(eq(payments.id, id)));
}

/** Removes the token of the means of payment, which is not needed once the provider has responded. */
export async function forgetToken(tx: Tx, orderId: string): Promise<void> {
  await tx.update(payments).set({ paymentToken: "" }).where(eq(payments.orderId, orderId));
}

/** Finds the payment of an order. */
export async function findPayment(db: Db | Tx, orderId: string): Promise<Payment | undefined> {
  const [row] = await db.select().from(payments).where(eq(payments.orderId, orderId));
  return row && paymentOf(row);
}

/** Converts a stored payment to the contract's type. */
export function paymentOf({ id, orderId, status, currency, amountMinorUnits, createdAt }: PaymentRow): Payment {
  return { id, orderId, status, createdAt, amount: { currency, minorUnits: amountMinorUnits } };
}
