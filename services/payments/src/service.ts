import { PaymentError, PaymentService } from "@mesh/contracts/payments/v1";
import { service } from "@mesh/service";
import { consumers } from "./events.ts";
import { refundPayment } from "./lifecycle.ts";
import * as schema from "./schema.ts";
import { type Db, findPayment, type Tx } from "./store.ts";
import { tasks } from "./tasks.ts";

/** The payments service. The contract describes each method. */
export const payments = service(
  PaymentService,
  { store: { schema, migrations: new URL("../migrations", import.meta.url) }, consumers, tasks },
  {
    async getPayment({ orderId }, { db }) {
      return { payment: await paymentFor(db, orderId) };
    },

    async refundPayment({ orderId }, { db }) {
      return db.transaction(async (tx) => {
        await refundPayment(tx, orderId);
        return { payment: await paymentFor(tx, orderId) };
      });
    },
  },
);

async function paymentFor(db: Db | Tx, orderId: string) {
  const payment = await findPayment(db, orderId);
  if (!payment) throw PaymentError.paymentNotFound({ orderId });
  return payment;
}
